_base_ = '../default_runtime.py'
# SketchyCOCO's optimisers: one rate for all, constant, and TensorFlow's RMSProp.
rmsprop = dict(optimizer=dict(type='TensorFlowRMSprop', lr=2e-4))
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor', generator=rmsprop, encoder=rmsprop, classifier=rmsprop,
    joint_discriminator=rmsprop, discriminator=rmsprop, edge_discriminator=rmsprop)
train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=5)
val_cfg = dict()
test_cfg = dict()
log_processor = dict(by_epoch=True)
default_hooks = dict(checkpoint=dict(interval=5, by_epoch=True))
