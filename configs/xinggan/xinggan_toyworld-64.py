_base_ = ['../_base_/models/pose_transfer_small.py', '../_base_/datasets/toyworld_figure_64.py',
          '../_base_/schedules/toyworld_cpu_pose.py']
model = dict(
    generator=dict(type='XingGANGenerator'),
    losses=dict(pixel=dict(weight=50.0)))
