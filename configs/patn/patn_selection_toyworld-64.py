# As pose_transfer_small.py; the pixel loss teaches here.
_base_ = ['../_base_/models/pose_selection.py', '../_base_/datasets/toyworld_figure_64.py',
          '../_base_/schedules/toyworld_cpu_pose.py']
model = dict(
    generator=dict(first_stage=dict(channels=16, num_blocks=3, dropout=0.0)),
    appearance_discriminator=dict(channels=16, num_blocks=1),
    shape_discriminator=dict(channels=16, num_blocks=1),
    losses=dict(pixel=dict(weight=50.0), perceptual=None),
    reported_only=(),
    pool_size=0,
    options=dict(init=dict(method='xavier', gain=1.0)))
