_base_ = './toyworld_cpu.py'
# For a generator and the two discriminators of a dance, and a batch of 16. As in toyworld_cpu_guided.py: the
# dances alone first, with momentum; then what judges them.
judging = dict(optimizer=dict(type='Adam', lr=2e-4, betas=(0.5, 0.99), fused=True))
optim_wrapper = dict(
    _delete_=True,
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=2e-3, betas=(0.5, 0.99), fused=True)),
    local_discriminator=judging, global_discriminator=judging)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, begin=0, end=100, by_epoch=False),
    dict(type='LinearLR', start_factor=1.0, end_factor=0.0, begin=1000, end=2001, by_epoch=False)]
train_cfg = dict(max_iters=2000)
default_hooks = dict(checkpoint=dict(interval=200, save_best='BeatAlignment', rule='greater'))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1500, end=1700,
                     terms=('adversarial', 'feature_matching', 'perceptual'))]
