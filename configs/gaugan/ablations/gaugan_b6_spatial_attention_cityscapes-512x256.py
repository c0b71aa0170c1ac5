# Table 12, B6: 97.4 M, which is one module a place
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='SpatialAttentionUpsampler'), share_upsamplers=False))
