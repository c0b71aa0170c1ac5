# The first step of panoptic aware upsampling alone: holes stay empty.
_base_ = './panoptic_upsampling_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='PanopticAwareUpsampler', fill=False)))
