model = dict(
    type='SEAN',
    generator=dict(type='SEANGenerator', channels=64, style_channels=512, spectral=True),
    discriminator=dict(
        type='MultiScaleDiscriminator', num_scales=2,
        discriminator=dict(
            type='PatchDiscriminator', channels=64, num_layers=3, last_stride=2, norm='instance')),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='hinge'),
        feature_matching=dict(type='FeatureMatchingLoss', weight=10.0),
        perceptual=dict(
            type='PerceptualLoss', weight=10.0,
            network=dict(type='VGG19', weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth'))))
