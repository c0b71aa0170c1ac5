# Table 12, B2: 93.0 M
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='BilinearUpsampler')))
