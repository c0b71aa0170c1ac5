# LGGAN++: SAU wherever it upsamples
_base_ = './lggan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
