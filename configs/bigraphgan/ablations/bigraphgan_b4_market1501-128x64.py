# Table 4.7, B4: B1 + A2B + B2A, sharing one graph convolution
_base_ = '../bigraphgan_market1501-128x64.py'
model = dict(generator=dict(
    shared_graph=True,
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
