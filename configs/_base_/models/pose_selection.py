_base_ = './pose_transfer.py'
# SelectionGAN for persons, Market-1501's options. The released code reports pixel and perceptual loss without
# learning from them.
model = dict(
    type='PoseSelectionGAN',
    generator=dict(
        _delete_=True, type='PoseSelectionGenerator', guide_channels=18,
        first_stage=dict(type='PATNGenerator', channels=64, num_blocks=9, norm='batch')),
    losses=dict(
        uncertainty=dict(type='UncertaintyPixelLoss', weight=10.0, plain=False),
        total_variation=dict(type='TotalVariationLoss', weight=1e-6),
        ssim=dict(type='SSIMLoss', weight=20.0)))
