# LGGAN++: SAU wherever it upsamples
_base_ = './lggan_cross_view_toyworld-64.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
