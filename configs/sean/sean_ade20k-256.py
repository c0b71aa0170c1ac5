_base_ = ['../_base_/models/sean.py', '../_base_/datasets/ade20k_256.py',
          '../_base_/schedules/ttur_adam_200e.py']
model = dict(
    generator=dict(num_classes=151, image_size=(256, 256), num_upsamplings=5))
