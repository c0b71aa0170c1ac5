_base_ = ['../_base_/models/pose_transfer_small.py', '../_base_/datasets/toyworld_face_64.py',
          '../_base_/schedules/toyworld_cpu_pose.py']
model = dict(
    generator=dict(type='BiGraphGANGenerator', guide_channels=3),
    losses=dict(pixel=dict(weight=50.0)))
