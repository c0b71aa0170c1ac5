# As xinggan_toyworld-64.py at 128 x 64, Market-1501's size: one more halving, so that the blocks see as much
# of a person, and half as wide.
_base_ = './xinggan_toyworld-64.py'
size = dict(dataset=dict(size=(128, 64)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
model = dict(generator=dict(channels=8, num_downsamplings=3))
param_scheduler = dict(begin=2200, end=4501)
train_cfg = dict(max_iters=4500)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=3400, end=3700)]
