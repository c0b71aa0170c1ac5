# Real hands change their sign, guided by pictures of their skeletons; a little narrower than
# bigraphgan_toyworld-64.py, for half an hour on a CPU core.
_base_ = ['../_base_/models/pose_transfer_guided.py', '../_base_/datasets/hands_96.py',
          '../_base_/schedules/toyworld_cpu_guided_pose.py']
model = dict(generator=dict(type='BiGraphGANGenerator', channels=12, guide_channels=3))
train_dataloader = dict(batch_size=8)
val_dataloader = dict(dataset=dict(indices=256))  # of 2342
param_scheduler = dict(begin=500, end=1001)
train_cfg = dict(max_iters=1000, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=250))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01), dict(type='LateLossHook', begin=900, end=950)]
