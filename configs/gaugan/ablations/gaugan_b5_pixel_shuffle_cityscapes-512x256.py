# Table 12, B5: 143.2 M
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='PixelShuffleUpsampler')))
