# Small enough for minutes on a CPU core; see gaugan_small.py.
_base_ = ['../_base_/models/pix2pixhd.py', '../_base_/datasets/toyworld_street_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(num_classes=17, edge=True, channels=12, num_downsamplings=3, num_blocks=4),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(perceptual=None),
    options=dict(init=dict(method='xavier', gain=1.0)))
