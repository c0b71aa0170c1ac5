_base_ = './toyworld_cpu_guided.py'
# As toyworld_cpu_guided.py, longer, and for a generator and two discriminators.
judging = dict(optimizer=dict(type='Adam', lr=2e-4, betas=(0.5, 0.99), fused=True))
optim_wrapper = dict(
    _delete_=True,
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=2e-3, betas=(0.5, 0.99), fused=True)),
    appearance_discriminator=judging, shape_discriminator=judging)
param_scheduler = dict(begin=3000, end=6001)
train_cfg = dict(max_iters=6000, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=500))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=4500, end=5000)]
