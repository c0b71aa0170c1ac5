model = dict(
    type='MaskGAN',
    generator=dict(type='MaskGANGenerator', channels=64),
    discriminator=dict(
        type='MultiScaleDiscriminator', num_scales=2,
        discriminator=dict(type='PatchDiscriminator', channels=64, num_layers=4, norm='instance',
                           spectral=False, bias_before_norm=True)),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='least_squares', sum_scales=True),
        feature_matching=dict(type='FeatureMatchingLoss', weight=10.0),
        perceptual=dict(
            type='PerceptualLoss', weight=10.0,
            network=dict(type='VGG19', weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth'))))
