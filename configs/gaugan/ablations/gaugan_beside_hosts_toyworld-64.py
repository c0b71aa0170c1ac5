# What CC-FPSE and panoptic-based synthesis stand beside: about their width, loss by pixels and schedule.
_base_ = ['../../_base_/models/gaugan.py', '../../_base_/datasets/toyworld_street_64.py',
          '../../_base_/schedules/toyworld_cpu_guided_short.py']
model = dict(
    generator=dict(num_classes=17, edge=True, image_size=(64, 64), num_upsamplings=5, channels=6,
                   norm_hidden_channels=24),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(pixel=dict(type='L1Loss', weight=10.0), perceptual=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
