# The layout of mmcv, for comparison (not in Table 12)
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='CARAFE')))
