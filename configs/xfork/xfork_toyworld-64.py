# Aerial view to the ground view and its label map, small enough for minutes on a CPU.
_base_ = ['../_base_/models/xfork.py', '../_base_/datasets/toyworld_cross_view_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(channels=16, num_downsamplings=6),
    discriminator=dict(channels=32, num_layers=3))
