# SAU's paper, table 5. SAU keeps the width; a 1x1 convolution behind it halves it, of which the paper is
# silent.
_base_ = './maskgan_ade20k-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
