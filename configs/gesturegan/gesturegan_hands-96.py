# Real hands change their sign; small enough for some hours on one CPU core, as gesturegan_toyworld-64.py is.
_base_ = ['../_base_/models/gesturegan.py', '../_base_/datasets/hands_96.py',
          '../_base_/schedules/real_cpu.py']
model = dict(
    generator=dict(channels=16, num_blocks=4, norm='batch', dropout=0.0),
    discriminator=dict(channels=32, num_layers=3),
    guided_discriminator=dict(channels=32, num_layers=3),
    losses=dict(perceptual=None),
    options=dict(norm_at_test='running'))
