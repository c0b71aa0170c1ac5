model = dict(
    type='EdgeGAN',
    generator=dict(
        type='EdgeGANGenerator', num_convolutions=3, spectral=True,
        encoder=dict(type='SPADEGenerator', channels=64, norm='batch')),
    discriminator=dict(
        type='MultiScaleDiscriminator', num_scales=2,
        discriminator=dict(type='PatchDiscriminator', channels=64, num_layers=4, norm='instance',
                           spectral=True, spectral_ends=True)),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='hinge', weight=1.0),
        feature_matching=dict(type='FeatureMatchingLoss', weight=10.0),
        perceptual=dict(
            type='PerceptualLoss', weight=10.0,
            network=dict(type='VGG19', weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth'))),
    image_weight=2.0)
