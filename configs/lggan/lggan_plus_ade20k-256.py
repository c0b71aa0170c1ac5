# LGGAN++: SAU wherever it upsamples
_base_ = './lggan_ade20k-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
