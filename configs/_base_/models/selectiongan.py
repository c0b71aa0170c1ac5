# 55,153,943 and 2,768,705 parameters. Papers and released files have 55.48 M: 326,810 more, of a convolution
# (conv330) that nothing uses.
model = dict(
    type='SelectionGAN',
    generator=dict(
        type='SelectionGANGenerator',
        image_generator=dict(type='UNetGenerator', channels=64, num_downsamplings=8),
        semantic_generator=dict(type='UNetGenerator', channels=4, num_downsamplings=8),
        # paper: uncertainty=4, a map for each pixel loss
        head=dict(type='MultiChannelAttentionSelection', num_intermediates=10, pooling_scales=(1, 4, 9),
                  uncertainty='shared', pre_activation=None)),
    discriminator=dict(
        type='PatchDiscriminator', channels=64, num_layers=4, padding=1, norm='batch',
        spectral=False),
    stage_weights=(1.0, 4.0),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
        coarse_image=dict(type='UncertaintyPixelLoss', weight=100.0),
        coarse_guide=dict(type='UncertaintyPixelLoss', weight=1.0),
        image=dict(type='UncertaintyPixelLoss', weight=200.0),
        guide=dict(type='UncertaintyPixelLoss', weight=2.0),
        total_variation=dict(type='TotalVariationLoss', weight=1e-6)))
