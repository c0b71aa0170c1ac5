_base_ = './gaugan_clothing-256x160.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
