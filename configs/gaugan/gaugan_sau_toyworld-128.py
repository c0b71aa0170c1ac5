# At 128 x 128, from a larger map than gaugan_sau_toyworld-64.py, and narrower. Pixels first; then an adversary
# at the generator's own rate, without feature matching, which holds textures to their means.
_base_ = './gaugan_sau_toyworld-64.py'
size = dict(dataset=dict(size=(128, 128)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
model = dict(
    generator=dict(image_size=(128, 128), channels=6, norm_hidden_channels=16),
    losses=dict(pixel=dict(weight=50.0), feature_matching=None))
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=2e-3)))
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[1100, 2100], gamma=0.25, by_epoch=False)
train_cfg = dict(max_iters=2400, val_interval=400)
default_hooks = dict(checkpoint=dict(interval=400))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.005),
                dict(type='LateLossHook', begin=1050, end=1200)]
