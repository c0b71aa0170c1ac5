# SAU's paper, table 5.
_base_ = './sean_ade20k-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
