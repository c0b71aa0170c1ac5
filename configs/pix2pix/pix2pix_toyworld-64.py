# Aerial view and the ground's label map to the ground view, small enough for minutes on a CPU.
_base_ = ['../_base_/models/pix2pix.py', '../_base_/datasets/toyworld_cross_view_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(guide_channels=3, channels=16, num_downsamplings=6),
    discriminator=dict(channels=32, num_layers=3))
