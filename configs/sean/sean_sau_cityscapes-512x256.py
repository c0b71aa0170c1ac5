# SAU's paper, table 5.
_base_ = './sean_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
