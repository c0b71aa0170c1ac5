_base_ = './gaugan_facades-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
