# What the thesis compares with: pix2pixHD, frame by frame, with its own small generator and as many frames a
# step. Its features are matched from the beginning: they are all that it has for pixels.
_base_ = '../dancegan_video_toyworld-64.py'
model = dict(
    _delete_=True,
    type='Pix2pixHD',
    generator=dict(
        type='Pix2pixHDGenerator', source_channels=3, guide_channels=3, channels=10, num_downsamplings=3,
        num_blocks=4),
    discriminator=dict(
        type='MultiScaleDiscriminator', num_scales=2,
        discriminator=dict(type='PatchDiscriminator', channels=32, num_layers=3, spectral=False)),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='least_squares', sum_scales=True, discriminator_weight=0.5),
        feature_matching=dict(type='FeatureMatchingLoss', weight=10.0)),
    options=dict(init=dict(method='xavier', gain=1.0)))
train_dataloader = dict(dataset=dict(frames=2, pipeline=[
    dict(type='PackTensors', keys=['source_image', 'target_image', 'target_guide'])]))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01)]
