_base_ = ['../_base_/models/pix2pixhd.py', '../_base_/datasets/coco_stuff_256.py',
          '../_base_/schedules/pix2pixhd_adam_100e.py']
model = dict(
    generator=dict(num_classes=183, edge=True))
