# As bigraphgan_toyworld-64.py, from whose weights it begins, at 128 x 64, Market-1501's size. Pixels first,
# then adversaries at the generator's own rate.
_base_ = './bigraphgan_toyworld-64.py'
size = dict(dataset=dict(size=(128, 64)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
load_from = 'work_dirs/bigraphgan_toyworld-64/iter_6000.pth'
rate = dict(optimizer=dict(lr=1e-3))
optim_wrapper = dict(generator=rate, appearance_discriminator=rate, shape_discriminator=rate)
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[2050, 2700], gamma=0.25, by_epoch=False)
train_cfg = dict(max_iters=2800, val_interval=400)
default_hooks = dict(checkpoint=dict(interval=400))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=2000, end=2150)]
