# Table 12, B4: 98.6 M
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='DeconvolutionUpsampler')))
