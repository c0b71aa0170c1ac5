_base_ = '../default_runtime.py'
# GauGAN's released settings: two time-scale update rule, 100 epochs at full rate, 100 of decay.
# Paper: beta2 = 0.999; released code: 0.9.
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.0, 0.9))),
    discriminator=dict(optimizer=dict(type='Adam', lr=4e-4, betas=(0.0, 0.9))))
param_scheduler = dict(type='LinearLR', start_factor=1.0, end_factor=0.0, begin=100, end=201, by_epoch=True)
train_cfg = dict(by_epoch=True, max_epochs=200, val_interval=10)
val_cfg = dict()
test_cfg = dict()
log_processor = dict(by_epoch=True)
default_hooks = dict(checkpoint=dict(interval=10, by_epoch=True))
