_base_ = '../default_runtime.py'
# SCGAN's section 5.2: one rate for all. How long, the paper does not say; 50 epochs, of which the last 30
# each lower the rate by a thirtieth, are the released code's.
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.999))),
    discriminator=dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.999))))
param_scheduler = dict(type='LinearLR', start_factor=1.0, end_factor=0.0, begin=20, end=51, by_epoch=True)
train_cfg = dict(by_epoch=True, max_epochs=50, val_interval=5)
val_cfg = dict()
test_cfg = dict()
log_processor = dict(by_epoch=True)
default_hooks = dict(checkpoint=dict(interval=5, by_epoch=True))
