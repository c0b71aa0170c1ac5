# Table 12, B7: 93.1 M
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='InvolutionUpsampler')))
