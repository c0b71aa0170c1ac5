# As gesturegan_toyworld-64.py, from whose weights it begins, at 128 x 128. Pixels first, then discriminators
# at the generator's own rate; it ends when they have grown in, before their grid has.
_base_ = './gesturegan_toyworld-64.py'
size = dict(dataset=dict(size=(128, 128)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
load_from = 'work_dirs/gesturegan_toyworld-64/iter_3000.pth'
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=2e-3)))
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[5000], gamma=0.25, by_epoch=False)
train_cfg = dict(max_iters=5500, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=500))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=5050, end=5300,
                     terms=('adversarial', 'cycle', 'self_content'))]
