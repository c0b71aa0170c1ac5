# Cross-view translation as released: encoder and residual blocks are shared, the local image is a sum,
# nothing is classified; one discriminator sees the target's colour map, one the source image. Table 4 counts
# 12.19 M and twice 2.77 M parameters, of which the released generator never uses 9,411 (ours: 12,181,847).
discriminator = dict(
    type='PatchDiscriminator', channels=64, num_layers=4, padding=1, norm='instance',
    track_running_stats=True, bias_before_norm=True, spectral=False, return_features=False)
model = dict(
    type='LGGAN',
    generator=dict(
        type='LGGANGenerator', num_classes=6, source_channels=3, guide_channels=3, reads_label=False,
        channels=64, num_blocks=9, share_blocks=True, fusion='addition', classifier=False),
    discriminator=discriminator,
    image_discriminator=discriminator,
    losses=dict(
        class_pixel=dict(type='ClassL1Loss', weight=100.0),
        adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
        pixel=dict(type='L1Loss', weight=100.0),
        perceptual=dict(
            type='PerceptualLoss', weight=10.0,
            network=dict(type='VGG19', weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth')),
        total_variation=dict(type='TotalVariationLoss', weight=1e-6)),
    options=dict(update_order=('discriminator', 'generator'), reuse_fakes=True,
                 init=dict(method='normal', gain=0.02)))
