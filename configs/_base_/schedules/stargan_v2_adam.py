_base_ = '../default_runtime.py'
# StarGAN v2's settings; the mapping network learns at a hundredth of the rate. Averages of the three networks
# are what is judged.
adam = dict(type='Adam', lr=1e-4, betas=(0.0, 0.99), weight_decay=1e-4)
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=adam, paramwise_cfg=dict(custom_keys=dict(mapping_network=dict(lr_mult=0.01)))),
    discriminator=dict(optimizer=adam))
train_cfg = dict(by_epoch=False, max_iters=100000, val_interval=10000)
val_cfg = dict()
test_cfg = dict()
default_hooks = dict(checkpoint=dict(interval=10000))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.001)]
