# Parsing maps to dressed people; small enough for some hours on one CPU core.
_base_ = ['../_base_/models/gaugan.py', '../_base_/datasets/clothing_256x160.py',
          '../_base_/schedules/real_cpu.py']
model = dict(
    generator=dict(num_classes=59, image_size=(256, 160), num_upsamplings=5, channels=8,
                   norm_hidden_channels=32),
    discriminator=dict(discriminator=dict(channels=32)),
    losses=dict(perceptual=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
