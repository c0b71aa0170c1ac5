_base_ = ['../_base_/models/pose_transfer_guided.py', '../_base_/datasets/toyworld_figure_64.py',
          '../_base_/schedules/toyworld_cpu_guided_pose_long.py']
model = dict(generator=dict(type='BiGraphGANGenerator'))
train_dataloader = dict(batch_size=8)
