# Panoptic aware upsampling alone.
_base_ = '../panoptic_cityscapes-512x256.py'
model = dict(generator=dict(panoptic_convolution=False))
