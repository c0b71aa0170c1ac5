_base_ = ['../_base_/models/pose_transfer_instance.py', '../_base_/datasets/deepfashion_pose_256.py',
          '../_base_/schedules/pose_adam_500_200e.py']
model = dict(generator=dict(type='PATNGenerator'))
train_dataloader = dict(batch_size=32)
