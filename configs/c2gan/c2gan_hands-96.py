# Real hands change their sign; small enough for some hours on one CPU core.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/hands_96.py', '../_base_/schedules/real_cpu.py']
model = dict(
    generator=dict(channels=16, num_downsamplings=5),
    guidance_generator=dict(channels=8, num_downsamplings=5),
    discriminator=dict(channels=32, num_layers=3),
    guidance_discriminator=dict(channels=32, num_layers=3),
    options=dict(norm_at_test='running', dropout_at_test=False))
