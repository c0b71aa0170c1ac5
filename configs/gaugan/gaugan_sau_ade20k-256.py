_base_ = './gaugan_ade20k-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
