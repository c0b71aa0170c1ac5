_base_ = './toyworld_cpu.py'
# For a batch of 8; half an hour on one CPU core. A network first learns by pixels alone to follow its guide,
# with momentum; only then do the discriminators begin, and the rates fall to 0.
optim_wrapper = dict(
    generator=dict(optimizer=dict(lr=2e-3, betas=(0.5, 0.99))),
    discriminator=dict(optimizer=dict(lr=2e-4, betas=(0.5, 0.99))))
param_scheduler = dict(begin=1500, end=3001)
train_cfg = dict(max_iters=3000, val_interval=300)
default_hooks = dict(checkpoint=dict(interval=300))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=2500, end=2700)]
