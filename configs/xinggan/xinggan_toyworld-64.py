_base_ = ['../_base_/models/pose_transfer_small.py', '../_base_/datasets/toyworld_figure_64.py',
          '../_base_/schedules/toyworld_cpu_guided_pose.py']
# Few intermediate images, so that the source image is soon found among them.
model = dict(
    generator=dict(
        type='XingGANGenerator',
        head=dict(type='CoAttentionFusion', num_intermediates=4, kernel_size=3)),
    losses=dict(adversarial=dict(weight=0.5, discriminator_weight=0.5), pixel=dict(weight=50.0)))
train_dataloader = dict(batch_size=8)
# Twice as long as the other small models.
param_scheduler = dict(begin=3000, end=6001)
train_cfg = dict(max_iters=6000, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=500))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=4500, end=5000)]
