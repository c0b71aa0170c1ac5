# As xinggan_toyworld-64.py, from whose weights it begins, at 128 x 64, Market-1501's size.
_base_ = './xinggan_toyworld-64.py'
size = dict(dataset=dict(size=(128, 64)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
load_from = 'xinggan_toyworld-64'
optim_wrapper = dict(generator=dict(optimizer=dict(lr=1e-3)))
param_scheduler = dict(begin=1000, end=2001)
train_cfg = dict(max_iters=2000, val_interval=400)
default_hooks = dict(checkpoint=dict(interval=400))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1000, end=1100)]
