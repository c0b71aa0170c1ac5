model = dict(
    type='GauGAN',
    generator=dict(type='CCFPSEGenerator', channels=64, latent_dim=256, spectral=True),
    discriminator=dict(type='FeaturePyramidDiscriminator', channels=64, norm='instance'),
    encoder=dict(type='ConvEncoder', channels=64),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='hinge'),
        feature_matching=dict(type='FeatureMatchingLoss', weight=20.0, average='features'),
        perceptual=dict(
            type='PerceptualLoss', weight=10.0,
            network=dict(type='VGG19', weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth')),
        kl=dict(type='KLLoss', weight=0.05)))
