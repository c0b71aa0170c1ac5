# At 128 x 128, from weights of half the size: pixels first, then cycles and discriminators at the generators'
# own rate.
_base_ = './c2gan_toyworld-64.py'
size = dict(dataset=dict(size=(128, 128)))
train_dataloader = dict(batch_size=4, **size)
val_dataloader = size
test_dataloader = size
load_from = 'work_dirs/c2gan_toyworld-64/iter_2200.pth'
optim_wrapper = dict(generator=dict(optimizer=dict(lr=1e-3)), discriminator=dict(optimizer=dict(lr=1e-3)))
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[800, 1400], gamma=0.25, by_epoch=False)
train_cfg = dict(max_iters=1600, val_interval=400)
default_hooks = dict(checkpoint=dict(interval=400))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.005),
                dict(type='LateLossHook', begin=750, end=900,
                     terms=('adversarial', 'cycle', 'guidance_adversarial', 'guidance_cycle'))]
