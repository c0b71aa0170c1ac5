# Beyond the released code, which knows 19 classes alone: a style for each of GauGAN's channels, edges too.
_base_ = ['../_base_/models/sean.py', '../_base_/datasets/coco_stuff_256.py',
          '../_base_/schedules/ttur_adam_200e.py']
model = dict(
    generator=dict(num_classes=183, edge=True, image_size=(256, 256), num_upsamplings=5))
# 100 epochs at full rate, as GauGAN
param_scheduler = None
train_cfg = dict(max_epochs=100)
