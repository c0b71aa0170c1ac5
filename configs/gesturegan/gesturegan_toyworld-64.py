# One cycle, small enough for minutes on a CPU, without the perceptual loss, whose weights are a download.
# Batch norm: instance norm takes away a picture's colours, which so narrow a network is slow to find again.
_base_ = ['../_base_/models/gesturegan.py', '../_base_/datasets/toyworld_hand_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(channels=16, num_blocks=3, num_downsamplings=1, norm='batch', dropout=0.0),
    discriminator=dict(channels=32, num_layers=3),
    guided_discriminator=dict(channels=32, num_layers=3),
    losses=dict(perceptual=None),
    options=dict(norm_at_test='running'))
optim_wrapper = dict(generator=dict(optimizer=dict(lr=2e-3)))
