# LGGAN++: SAU wherever it upsamples
_base_ = './lggan_dayton_g2a-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
