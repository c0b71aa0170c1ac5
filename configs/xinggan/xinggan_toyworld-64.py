_base_ = ['../_base_/models/pose_transfer_guided.py', '../_base_/datasets/toyworld_figure_64.py',
          '../_base_/schedules/toyworld_cpu_guided_pose_long.py']
# Few intermediate images, so that the source image is soon found among them.
model = dict(
    generator=dict(
        type='XingGANGenerator',
        head=dict(type='CoAttentionFusion', num_intermediates=4, kernel_size=3)))
train_dataloader = dict(batch_size=8)
