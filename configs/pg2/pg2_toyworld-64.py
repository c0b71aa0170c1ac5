# Small enough for minutes on a CPU: half of the iterations are the coarse stage's.
_base_ = ['../_base_/models/pg2.py', '../_base_/datasets/toyworld_figure_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    coarse_generator=dict(image_size=(64, 32), channels=16, code_channels=32, num_levels=4),
    generator=dict(channels=16, num_levels=2),
    discriminator=dict(image_size=(64, 32), channels=16, num_layers=3),
    coarse_iterations=500)
optim_wrapper = dict(
    coarse_generator=dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.5, 0.999), fused=True)))
train_dataloader = dict(batch_size=8)
