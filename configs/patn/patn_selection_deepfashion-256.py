_base_ = ['../_base_/models/pose_selection.py', '../_base_/datasets/deepfashion_pose_256.py',
          '../_base_/schedules/pose_adam_500_200e.py']
model = dict(
    generator=dict(first_stage=dict(norm='instance')),
    appearance_discriminator=dict(norm='instance'),
    shape_discriminator=dict(norm='instance'),
    losses=dict(adversarial=dict(mode='least_squares')),
    pool_size=0)
