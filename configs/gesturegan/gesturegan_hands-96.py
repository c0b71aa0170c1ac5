# Real hands change their sign.
_base_ = ['../_base_/models/gesturegan_small.py', '../_base_/datasets/hands_96.py',
          '../_base_/schedules/toyworld_cpu_guided_gestures.py']
train_dataloader = dict(batch_size=8)
val_dataloader = dict(dataset=dict(indices=256))  # of 2342
