# Panoptic aware convolutions alone.
_base_ = '../panoptic_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='NearestUpsampler')))
