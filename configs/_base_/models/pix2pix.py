model = dict(
    type='Pix2pix',
    generator=dict(type='UNetGenerator', channels=64, num_downsamplings=8, norm='batch', dropout=0.5),
    discriminator=dict(
        type='PatchDiscriminator', channels=64, num_layers=4, padding=1, norm='batch', spectral=False),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
        pixel=dict(type='L1Loss', weight=100.0)))
