# Beyond the released code, which knows 19 classes alone: a style for each of GauGAN's channels, edges too.
_base_ = ['../_base_/models/sean.py', '../_base_/datasets/cityscapes_512x256.py',
          '../_base_/schedules/ttur_adam_200e.py']
model = dict(
    generator=dict(num_classes=35, edge=True, image_size=(256, 512), num_upsamplings=6))
