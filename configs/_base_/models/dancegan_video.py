# Stage II with both regularisations (S2-4 of table 7.6) and pix2pixHD's networks, which the thesis compares
# with; it gives no weights: these are pix2pixHD's for its features.
model = dict(
    type='DanceGANVideo',
    generator=dict(
        type='Pix2pixHDGenerator', source_channels=3, guide_channels=3, channels=64, num_downsamplings=4,
        num_blocks=9),
    discriminator=dict(
        type='MultiScaleDiscriminator', num_scales=2,
        discriminator=dict(type='PatchDiscriminator', channels=64, num_layers=4, spectral=False)),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='least_squares', sum_scales=True, discriminator_weight=0.5),
        pixel=dict(type='L1Loss', weight=10.0),
        forward_regularisation=dict(type='L1Loss', weight=10.0),
        backward_regularisation=dict(type='L1Loss', weight=10.0)),
    options=dict(init=dict(method='normal', gain=0.02)))
