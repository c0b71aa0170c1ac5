# Faces at rest and their landmarks to expressions; small enough for minutes on a CPU.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/toyworld_face_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(channels=16, num_downsamplings=6),
    guidance_generator=dict(channels=8, num_downsamplings=6),
    discriminator=dict(channels=32, num_layers=3),
    guidance_discriminator=dict(channels=32, num_layers=3),
    options=dict(norm_at_test='running', dropout_at_test=False))
