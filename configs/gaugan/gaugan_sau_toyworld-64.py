_base_ = './gaugan_toyworld-64.py'
# The main job: under six minutes on two cores. The layout is learnt first, by pixels; an adversary at the
# generator's own rate then adds what a mean over weathers and hours cannot have. Feature matching, which
# holds textures to their means and left glaring spots, is left out.
adam = dict(optimizer=dict(lr=2e-3, betas=(0.5, 0.99)))
model = dict(
    generator=dict(upsampler=dict(type='SAU')),
    losses=dict(pixel=dict(type='L1Loss', weight=50.0), feature_matching=None))
optim_wrapper = dict(generator=adam, discriminator=adam)
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[700, 1100], gamma=0.25, by_epoch=False)
train_cfg = dict(max_iters=1200)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01), dict(type='LateLossHook', begin=650, end=750)]
