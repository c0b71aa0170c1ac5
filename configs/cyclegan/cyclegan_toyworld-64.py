# Label maps in colours to photographs and back, without using their pairs; minutes on a CPU.
_base_ = ['../_base_/models/cyclegan.py', '../_base_/datasets/toyworld_cross_view_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(channels=16, num_blocks=4),
    discriminator=dict(channels=32, num_layers=3),
    source_field='target_guide')
