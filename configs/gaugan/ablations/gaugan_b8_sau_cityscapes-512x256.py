# Table 12, B8: 93.4 M
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
