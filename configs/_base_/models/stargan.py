model = dict(
    type='StarGAN',
    generator=dict(type='StarGANGenerator', num_attributes=5, channels=64, num_blocks=6),
    discriminator=dict(
        type='AttributeDiscriminator', image_size=(128, 128), channels=64, num_layers=6,
        leaky_slope=0.01),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='wasserstein'),
        gradient_penalty=dict(type='GradientPenaltyLoss', weight=10.0),
        classification=dict(type='AttributeLoss', weight=1.0),
        reconstruction=dict(type='L1Loss', weight=10.0)))
