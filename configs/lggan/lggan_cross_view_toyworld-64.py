# Aerial view and the ground's label map to the ground view, small enough for half an hour on a CPU core. The
# global branch is a U-Net with batch norm: weather and hour concern the whole image, and are in the aerial
# view's mean colours, which the instance norm of the other branches takes away.
_base_ = ['../_base_/models/lggan_cross_view.py', '../_base_/datasets/toyworld_cross_view_64.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
model = dict(
    generator=dict(
        num_classes=17, channels=16, num_blocks=3,
        global_generator=dict(
            type='UNetGenerator', channels=12, num_downsamplings=6, dropout=0.0,
            head=dict(type='RGBHead', kernel_size=3, pre_activation=None))),
    discriminator=dict(channels=32, num_layers=3),
    image_discriminator=dict(channels=32, num_layers=3),
    losses=dict(perceptual=None),
    options=dict(norm_at_test='running', init=dict(method='xavier', gain=1.0)))
train_dataloader = dict(batch_size=8)
param_scheduler = dict(begin=1000, end=2001)
train_cfg = dict(max_iters=2000)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1700, end=1800)]
