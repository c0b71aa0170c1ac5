# LGGAN++: SAU wherever it upsamples
_base_ = './lggan_sva-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
