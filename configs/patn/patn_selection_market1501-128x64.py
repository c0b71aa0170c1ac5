_base_ = ['../_base_/models/pose_selection.py', '../_base_/datasets/market1501_128x64.py',
          '../_base_/schedules/pose_adam_500_200e.py']
