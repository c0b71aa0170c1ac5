# GestureGAN of one cycle, with the thesis' weights for cross-view translation (section 2.4.3): 11.3876 M, and
# 2.7678 + 2.7709 M parameters (table 2.8).
discriminator = dict(
    type='PatchDiscriminator', channels=64, num_layers=4, padding=1, norm='instance',
    track_running_stats=True, bias_before_norm=True, spectral=False)
model = dict(
    type='GestureGAN',
    generator=dict(
        type='ResNetGenerator', source_channels=3, guide_channels=3, channels=64, num_blocks=9,
        norm='instance', track_running_stats=True, dropout=0.5),
    discriminator=discriminator,
    guided_discriminator=discriminator,
    cycles=1,
    losses=dict(
        adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
        colour=dict(type='ColourLoss', weight=100.0, power=1),
        pixel=dict(type='L1Loss', weight=100.0),
        cycle=dict(type='L1Loss', weight=0.1),
        self_content=dict(type='L1Loss', weight=100.0),
        perceptual=dict(
            type='PerceptualLoss', weight=100.0,
            network=dict(type='VGG19', weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth')),
        total_variation=dict(type='TotalVariationLoss', weight=1e-6)))
