# The released network has no image fusion here, the paper's has; paper: pictures of 256 x 256.
_base_ = ['../_base_/models/pose_transfer_instance.py', '../_base_/datasets/deepfashion_pose_256.py',
          '../_base_/schedules/pose_adam_500_200e.py']
model = dict(generator=dict(
    type='BiGraphGANGenerator',
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
train_dataloader = dict(batch_size=32)
