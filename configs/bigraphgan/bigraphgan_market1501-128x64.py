_base_ = ['../_base_/models/pose_transfer.py', '../_base_/datasets/market1501_128x64.py',
          '../_base_/schedules/pose_adam_500_200e.py']
model = dict(generator=dict(type='BiGraphGANGenerator'))
