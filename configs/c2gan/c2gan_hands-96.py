# Real hands change their sign: a little narrower than c2gan_toyworld-64.py, and taught as it was, for half an
# hour on a CPU core; cycles as in c2gan_toyworld-128.py.
_base_ = ['../_base_/models/c2gan_small.py', '../_base_/datasets/hands_96.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
model = dict(
    generator=dict(num_downsamplings=5), guidance_generator=dict(num_downsamplings=5),
    losses=dict(cycle=dict(weight=0.05), guidance_cycle=dict(weight=0.05)))
train_dataloader = dict(batch_size=8)
val_dataloader = dict(dataset=dict(indices=256))  # of 2342
param_scheduler = dict(begin=1600, end=2801)
train_cfg = dict(max_iters=2800, val_interval=400)
default_hooks = dict(checkpoint=dict(interval=400))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=2450, end=2550,
                     terms=('adversarial', 'cycle', 'guidance_adversarial', 'guidance_cycle'))]
