_base_ = './toyworld_cpu.py'
# Pixels first, for the layout; then adversaries at the generator's own rate add what means cannot have.
adam = dict(optimizer=dict(lr=2e-3, betas=(0.5, 0.99)))
optim_wrapper = dict(generator=adam, discriminator=adam)
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[700, 1100], gamma=0.25, by_epoch=False)
train_cfg = dict(max_iters=1200)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01), dict(type='LateLossHook', begin=650, end=750)]
