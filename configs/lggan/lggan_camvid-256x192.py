# Small enough for some hours on one CPU core, as gaugan_camvid-256x192.py is.
_base_ = ['../_base_/models/lggan.py', '../_base_/datasets/camvid_256x192.py',
          '../_base_/schedules/real_cpu.py']
model = dict(
    generator=dict(
        num_classes=11, channels=8, num_blocks=3,
        global_generator=dict(image_size=(192, 256), num_upsamplings=5, norm_hidden_channels=32)),
    discriminator=dict(discriminator=dict(channels=32)),
    losses=dict(perceptual=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
