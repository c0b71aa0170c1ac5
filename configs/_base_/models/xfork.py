# X-Fork: one generator with two ends. The released script's batch of one would leave nothing of what is put
# in (see pix2pix_plus.py).
model = dict(
    type='XFork',
    generator=dict(type='EncoderDecoderGenerator', source_channels=3, channels=64, num_downsamplings=8,
                   head=dict(type='ForkHead', num_upsamplings=2)),
    discriminator=dict(
        type='PatchDiscriminator', channels=64, num_layers=4, padding=1, norm='batch',
        bias_before_norm=True, spectral=False),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='vanilla', real_label=0.9),
        pixel=dict(type='L1Loss', weight=100.0),
        guide=dict(type='L1Loss', weight=100.0)),
    options=dict(norm_at_test='running'))
