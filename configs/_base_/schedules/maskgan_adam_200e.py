_base_ = '../default_runtime.py'
# 100 epochs at full rate, 100 of decay; the released schedule forgets the blender's rate.
adam = dict(optimizer=dict(type='Adam', lr=5e-5, betas=(0.5, 0.999)))
optim_wrapper = dict(constructor='PlayerOptimWrapperConstructor', generator=adam, discriminator=adam)
param_scheduler = dict(type='LinearLR', start_factor=1.0, end_factor=0.0, begin=100, end=201, by_epoch=True)
train_cfg = dict(by_epoch=True, max_epochs=200, val_interval=10)
val_cfg = dict()
test_cfg = dict()
log_processor = dict(by_epoch=True)
default_hooks = dict(checkpoint=dict(interval=10, by_epoch=True))
