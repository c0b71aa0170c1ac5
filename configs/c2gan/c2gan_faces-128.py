# Faces of real people change expression and pose: a little narrower than c2gan_toyworld-64.py, and taught as
# it was, for a quarter of an hour on a CPU core.
_base_ = ['../_base_/models/c2gan_small.py', '../_base_/datasets/faces_128.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
model = dict(generator=dict(num_downsamplings=6), guidance_generator=dict(num_downsamplings=6))
train_dataloader = dict(batch_size=8)
val_dataloader = dict(dataset=dict(indices=256))  # of all pairs for tests
param_scheduler = dict(begin=1000, end=2001)
train_cfg = dict(max_iters=2000, val_interval=1000)
default_hooks = dict(checkpoint=dict(interval=500))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1700, end=1800,
                     terms=('adversarial', 'cycle', 'guidance_adversarial', 'guidance_cycle'))]
