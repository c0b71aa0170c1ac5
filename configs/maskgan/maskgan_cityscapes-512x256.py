# As SAU's paper may have trained it (table 5; nothing was released): the dense mapping network alone, for a
# VAE of masks and the blender are made for faces.
_base_ = ['../_base_/models/maskgan.py', '../_base_/datasets/cityscapes_512x256.py',
          '../_base_/schedules/maskgan_adam_200e.py']
model = dict(generator=dict(num_classes=35))
