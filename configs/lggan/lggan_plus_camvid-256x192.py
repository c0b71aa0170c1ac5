# LGGAN++: SAU wherever it upsamples
_base_ = './lggan_camvid-256x192.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
