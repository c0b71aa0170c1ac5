_base_ = '../default_runtime.py'
# Minutes on a CPU: few iterations, validation and a checkpoint five times.
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=2e-4, betas=(0.0, 0.9))),
    discriminator=dict(optimizer=dict(type='Adam', lr=8e-4, betas=(0.0, 0.9))))
param_scheduler = dict(type='LinearLR', start_factor=1.0, end_factor=0.0, begin=1000, end=2001, by_epoch=False)
train_cfg = dict(by_epoch=False, max_iters=2000, val_interval=500)
val_cfg = dict()
test_cfg = dict()
default_hooks = dict(checkpoint=dict(interval=500, save_best='PSNR', rule='greater'))
