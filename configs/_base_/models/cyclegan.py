model = dict(
    type='CycleGAN',
    generator=dict(type='ResNetGenerator', source_channels=3, channels=64, num_blocks=9, norm='instance'),
    discriminator=dict(
        type='PatchDiscriminator', channels=64, num_layers=4, padding=1, norm='instance',
        bias_before_norm=True, spectral=False),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='least_squares', discriminator_weight=0.5),
        cycle=dict(type='L1Loss', weight=10.0),
        identity=dict(type='L1Loss', weight=5.0)),
    pool_size=50)
