# The paper's, but for the number of scales: three there; the released code has two below 2048 x 1024.
model = dict(
    type='Pix2pixHD',
    generator=dict(
        type='Pix2pixHDGenerator', channels=64, num_downsamplings=4, num_blocks=9, norm='instance'),
    discriminator=dict(
        type='MultiScaleDiscriminator', num_scales=2,
        discriminator=dict(type='PatchDiscriminator', channels=64, num_layers=4, norm='instance',
                           spectral=False)),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='least_squares', sum_scales=True, discriminator_weight=0.5),
        feature_matching=dict(type='FeatureMatchingLoss', weight=10.0),
        perceptual=dict(
            type='PerceptualLoss', weight=10.0,
            network=dict(type='VGG19', weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth'))),
    options=dict(init=dict(method='normal', gain=0.02)))
