# As c2gan_toyworld-64.py, from whose weights it begins, at 128 x 128. Pixels first; then cycles and
# adversaries grow in, and it ends when they have: 250 iterations later there are dots.
_base_ = './c2gan_toyworld-64.py'
size = dict(dataset=dict(size=(128, 128)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
model = dict(losses=dict(cycle=dict(weight=0.05), guidance_cycle=dict(weight=0.05)))
load_from = 'work_dirs/c2gan_toyworld-64/iter_2200.pth'
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=2e-3)))
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[4500], gamma=0.25, by_epoch=False)
train_cfg = dict(max_iters=4750, val_interval=250)
default_hooks = dict(checkpoint=dict(interval=250))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=4550, end=4750,
                     terms=('adversarial', 'cycle', 'guidance_adversarial', 'guidance_cycle'))]
