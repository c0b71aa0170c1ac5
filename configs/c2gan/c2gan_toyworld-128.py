# As c2gan_toyworld-64.py, from whose weights it begins, at 128 x 128. Pixels first, then discriminators at
# the generator's own rate; the cycles weigh a tenth, for what they hide in a picture that no longer shows
# the source is seen as dots.
_base_ = './c2gan_toyworld-64.py'
size = dict(dataset=dict(size=(128, 128)))
train_dataloader = size
val_dataloader = size
test_dataloader = size
model = dict(losses=dict(cycle=dict(weight=1.0), guidance_cycle=dict(weight=1.0)))
load_from = 'work_dirs/c2gan_toyworld-64/iter_2200.pth'
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=2e-3)))
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[4500, 5400], gamma=0.25, by_epoch=False)
train_cfg = dict(max_iters=5500, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=500))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=4550, end=4800,
                     terms=('adversarial', 'cycle', 'guidance_adversarial', 'guidance_cycle'))]
