# Faces of real people change expression and pose; small enough for some hours on one CPU core.
_base_ = ['../_base_/models/pose_transfer_small.py', '../_base_/datasets/faces_128.py',
          '../_base_/schedules/real_cpu_pose.py']
model = dict(
    generator=dict(type='BiGraphGANGenerator', guide_channels=3),
    losses=dict(pixel=dict(weight=50.0)))
