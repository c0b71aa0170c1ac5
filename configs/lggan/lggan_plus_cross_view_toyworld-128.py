# LGGAN++ (SAU wherever it upsamples) across views at 128 x 128, narrower than LGGAN at 64, for an hour on a
# CPU core: pixels first, then half of the training with the discriminators at the generator's own rate.
_base_ = './lggan_cross_view_toyworld-64.py'
model = dict(generator=dict(channels=12, upsampler=dict(type='SAU'), global_generator=dict(channels=8)))
size = dict(dataset=dict(size=(128, 128)))
train_dataloader = dict(batch_size=4, **size)
val_dataloader = size
test_dataloader = size
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=2e-3)))
param_scheduler = dict(
    _delete_=True, type='MultiStepLR', milestones=[1400, 2200, 2400], gamma=0.2, by_epoch=False)
train_cfg = dict(max_iters=2500, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=250))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.005),
                dict(type='LateLossHook', begin=1300, end=1500)]
