# Small enough for minutes on a CPU, as gaugan_small.py is.
_base_ = ['../_base_/models/lggan.py', '../_base_/datasets/toyworld_street_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(
        num_classes=17, edge=True, channels=8, num_blocks=3,
        global_generator=dict(image_size=(64, 64), num_upsamplings=5, norm_hidden_channels=32)),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(perceptual=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
