# As gaugan_sau_toyworld-64.py at twice its size: a larger map to begin with, narrower, and for longer.
_base_ = './gaugan_sau_toyworld-64.py'
size = dict(dataset=dict(size=(128, 128)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
model = dict(generator=dict(image_size=(128, 128), channels=6, norm_hidden_channels=16))
param_scheduler = dict(begin=1000, end=2001)
train_cfg = dict(max_iters=2000, val_interval=400)
default_hooks = dict(checkpoint=dict(interval=400))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1400, end=1700, terms=('adversarial', 'feature_matching'))]
