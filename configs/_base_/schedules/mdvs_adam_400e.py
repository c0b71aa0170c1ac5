_base_ = '../default_runtime.py'
# The released code of MDVS: batch 16, 400 epochs, constant rates, a checkpoint each 50 epochs.
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=3e-4, betas=(0.9, 0.999))),
    local_discriminator=dict(optimizer=dict(type='Adam', lr=3e-4, betas=(0.9, 0.999))),
    global_discriminator=dict(optimizer=dict(type='Adam', lr=5e-4, betas=(0.9, 0.999))))
train_cfg = dict(by_epoch=True, max_epochs=400, val_interval=50)
val_cfg = dict()
test_cfg = dict()
log_processor = dict(by_epoch=True)
default_hooks = dict(checkpoint=dict(by_epoch=True, interval=50))
