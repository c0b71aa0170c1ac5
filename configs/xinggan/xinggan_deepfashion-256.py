# Paper: the perceptual weight is 50 here, too, and pictures are 256 x 256; released code: 1, and 256 x 176.
_base_ = ['../_base_/models/pose_transfer_instance.py', '../_base_/datasets/deepfashion_pose_256.py',
          '../_base_/schedules/pose_adam_200_100e.py']
model = dict(
    generator=dict(type='XingGANGenerator'),
    losses=dict(pixel=dict(weight=50.0), perceptual=dict(weight=1.0)))
train_dataloader = dict(batch_size=32)
