# At 128 x 128, from a larger map than gaugan_sau_vae_toyworld-64.py, narrower, and for longer.
_base_ = './gaugan_sau_vae_toyworld-64.py'
size = dict(dataset=dict(size=(128, 128)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
model = dict(generator=dict(image_size=(128, 128), channels=6, norm_hidden_channels=16),
             encoder=dict(image_size=128))
param_scheduler = dict(milestones=[1300, 3000])
train_cfg = dict(max_iters=3200)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.005),
                dict(type='LateLossHook', begin=1250, end=1400)]
