# LGGAN++: SAU wherever it upsamples
_base_ = './lggan_cvusa-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
