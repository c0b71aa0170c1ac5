# 5, 50, 50 are the lambdas of equation 4.8 (paper and code).
_base_ = ['../_base_/models/pose_transfer.py', '../_base_/datasets/market1501_128x64.py',
          '../_base_/schedules/pose_adam_500_200e.py']
model = dict(
    generator=dict(type='XingGANGenerator'),
    losses=dict(pixel=dict(weight=50.0), perceptual=dict(weight=50.0)))
