# Faces of real people change expression and pose; small enough for some hours on one CPU core.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/faces_128.py', '../_base_/schedules/real_cpu.py']
model = dict(
    generator=dict(channels=16, num_downsamplings=7),
    guidance_generator=dict(channels=8, num_downsamplings=7),
    discriminator=dict(channels=32, num_layers=3),
    guidance_discriminator=dict(channels=32, num_layers=3),
    options=dict(norm_at_test='running', dropout_at_test=False))
