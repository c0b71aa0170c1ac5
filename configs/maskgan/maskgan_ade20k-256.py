_base_ = ['../_base_/models/maskgan.py', '../_base_/datasets/ade20k_256.py',
          '../_base_/schedules/maskgan_adam_200e.py']
model = dict(generator=dict(num_classes=151))
