_base_ = './maskgan_toyworld-64.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
