_base_ = '../default_runtime.py'
# Minutes on a CPU, the same budget for every system: a thousand iterations; an average of the generator is
# what is judged.
optim_wrapper = dict(
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.0, 0.9), fused=True)),
    discriminator=dict(optimizer=dict(type='Adam', lr=5e-5, betas=(0.0, 0.9), fused=True)))
param_scheduler = dict(type='LinearLR', start_factor=1.0, end_factor=0.0, begin=300, end=1001, by_epoch=False)
train_cfg = dict(by_epoch=False, max_iters=1000, val_interval=200)
val_cfg = dict()
test_cfg = dict()
default_hooks = dict(
    checkpoint=dict(interval=200, save_best='SSIM', rule='greater'), logger=dict(log_metric_by_epoch=False))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01)]
