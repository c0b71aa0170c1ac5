# Table 4.7, B5: B1 + A2B + B2A, a graph convolution each
_base_ = '../bigraphgan_market1501-128x64.py'
model = dict(generator=dict(
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
