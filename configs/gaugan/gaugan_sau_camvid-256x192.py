_base_ = './gaugan_camvid-256x192.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
