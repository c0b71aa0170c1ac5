_base_ = '../default_runtime.py'
# PG2's released optimisers: one rate for all, constant (its options for another do nothing).
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor',
    coarse_generator=dict(optimizer=dict(type='Adam', lr=2e-5, betas=(0.5, 0.999))),
    generator=dict(optimizer=dict(type='Adam', lr=2e-5, betas=(0.5, 0.999))),
    discriminator=dict(optimizer=dict(type='Adam', lr=2e-5, betas=(0.5, 0.999))))
train_cfg = dict(by_epoch=False, max_iters=60000, val_interval=2000)
val_cfg = dict()
test_cfg = dict()
default_hooks = dict(checkpoint=dict(interval=2000))
