# Faces at rest and their landmarks to expressions; small enough for half an hour on a CPU core.
_base_ = ['../_base_/models/c2gan_small.py', '../_base_/datasets/toyworld_face_64.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
model = dict(generator=dict(channels=16, num_downsamplings=6), guidance_generator=dict(num_downsamplings=6))
train_dataloader = dict(batch_size=8)
param_scheduler = dict(begin=1000, end=2201)
train_cfg = dict(max_iters=2200)
# The cycles come late, too: of images that do not follow their guides they teach little.
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1900, end=2000,
                     terms=('adversarial', 'cycle', 'guidance_adversarial', 'guidance_cycle'))]
