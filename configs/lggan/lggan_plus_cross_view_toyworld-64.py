# LGGAN++ (SAU wherever it upsamples) across views, small enough for minutes on a CPU.
_base_ = ['../_base_/models/lggan_cross_view.py', '../_base_/datasets/toyworld_cross_view_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(num_classes=17, channels=16, num_blocks=3, upsampler=dict(type='SAU')),
    discriminator=dict(channels=32, num_layers=3),
    image_discriminator=dict(channels=32, num_layers=3),
    losses=dict(perceptual=None),
    options=dict(init=dict(method='xavier', gain=1.0)))
