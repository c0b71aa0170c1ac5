# 54.42 + 54.41 M parameters of generators, 2.77 + 2.77 M of discriminators. Weights: end of section 3.3.5.
# Adversarial losses: least squares as released; paper: mode='vanilla'.
unet = dict(type='UNetGenerator', source_channels=3, channels=64, num_downsamplings=8, norm='batch',
            dropout=0.5)
discriminator = dict(
    type='PatchDiscriminator', channels=64, num_layers=4, padding=1, norm='batch', spectral=False)
adversarial = dict(type='GANLoss', mode='least_squares', weight=1.0, discriminator_weight=0.5)
model = dict(
    type='C2GAN',
    generator=dict(unet, guide_channels=3),
    guidance_generator=unet,
    discriminator=discriminator,
    guidance_discriminator=discriminator,
    losses=dict(
        adversarial=adversarial,
        cycle=dict(type='L1Loss', weight=10.0),
        pixel=dict(type='L1Loss', weight=10.0),
        guidance_adversarial=adversarial,
        guidance_cycle=dict(type='L1Loss', weight=10.0)),
    pool_size=50)
