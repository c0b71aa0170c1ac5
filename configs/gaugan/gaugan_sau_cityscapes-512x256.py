_base_ = './gaugan_cityscapes-512x256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
