# Real hands change their sign, guided by a heat map a joint; small enough for some hours on one CPU core.
_base_ = ['../_base_/models/pose_transfer_small.py', '../_base_/datasets/hands_96.py',
          '../_base_/schedules/real_cpu_pose.py']
model = dict(
    generator=dict(type='BiGraphGANGenerator', guide_channels=21),
    losses=dict(pixel=dict(weight=50.0)))
train_dataloader = dict(dataset=dict(guide='heat_maps'))
val_dataloader = dict(dataset=dict(guide='heat_maps'))
test_dataloader = dict(dataset=dict(guide='heat_maps'))
