_base_ = ['../_base_/models/pix2pixhd.py', '../_base_/datasets/cityscapes_1024x512.py',
          '../_base_/schedules/pix2pixhd_adam_200e.py']
model = dict(
    generator=dict(num_classes=35, edge=True))
