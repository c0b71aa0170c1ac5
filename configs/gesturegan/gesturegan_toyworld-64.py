# One cycle, small enough for minutes on a CPU, without the perceptual loss, whose weights are a download.
_base_ = ['../_base_/models/gesturegan.py', '../_base_/datasets/toyworld_hand_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(channels=16, num_blocks=4, dropout=0.0),
    discriminator=dict(channels=32, num_layers=3),
    guided_discriminator=dict(channels=32, num_layers=3),
    losses=dict(perceptual=None))
