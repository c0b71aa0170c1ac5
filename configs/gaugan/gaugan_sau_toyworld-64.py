_base_ = './gaugan_toyworld-64.py'
# The main job: under six minutes on two cores. The layout is learnt first, by pixels; discriminators then add
# what a mean over weathers and hours cannot have.
adam = dict(betas=(0.5, 0.99))
model = dict(
    generator=dict(upsampler=dict(type='SAU')),
    losses=dict(pixel=dict(type='L1Loss', weight=10.0)))
optim_wrapper = dict(generator=dict(optimizer=dict(lr=2e-3, **adam)),
                     discriminator=dict(optimizer=dict(lr=2e-4, **adam)))
param_scheduler = dict(begin=600, end=1201)
train_cfg = dict(max_iters=1200)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=800, end=1000, terms=('adversarial', 'feature_matching'))]
