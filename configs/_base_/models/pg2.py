# PG2 for Market-1501, 128 x 64.
model = dict(
    type='PG2',
    coarse_generator=dict(type='PG2CoarseGenerator', image_size=(128, 64), channels=128, code_channels=64),
    generator=dict(type='PG2RefinementGenerator', channels=128, num_levels=3, skip_finest=False),
    discriminator=dict(type='DCGANDiscriminator', image_size=(128, 64), channels=64, num_layers=4),
    losses=dict(
        coarse_pixel=dict(type='L1Loss', weight=1.0),
        coarse_mask=dict(type='L1Loss', weight=1.0),
        adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
        pixel=dict(type='L1Loss', weight=10.0),
        mask=dict(type='L1Loss', weight=10.0)),
    coarse_iterations=22000)
