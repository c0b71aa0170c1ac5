_base_ = ['../_base_/models/gesturegan_small.py', '../_base_/datasets/toyworld_hand_64.py',
          '../_base_/schedules/toyworld_cpu_guided_gestures.py']
train_dataloader = dict(batch_size=8)
