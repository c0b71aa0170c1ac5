# Aerial view and the ground's label map to the ground view, small enough for minutes on a CPU.
_base_ = ['../_base_/models/selectiongan.py', '../_base_/datasets/toyworld_cross_view_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(
        image_generator=dict(channels=12, num_downsamplings=6),
        semantic_generator=dict(num_downsamplings=6), selection_channels=26),
    discriminator=dict(channels=32, num_layers=3))
