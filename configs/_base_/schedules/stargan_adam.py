_base_ = '../default_runtime.py'
# StarGAN's released settings, counted in steps of the discriminator. Its rate is meant to fall to 0 over the
# last 100,000 and ends at 0.999 of its beginning; for the paper's reading
# set param_scheduler.end_factor=0.0.
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.999))),
    discriminator=dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.999))))
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.999, begin=100000, end=200001, by_epoch=False)
train_cfg = dict(by_epoch=False, max_iters=200000, val_interval=10000)
val_cfg = dict()
test_cfg = dict()
default_hooks = dict(checkpoint=dict(interval=10000))
