# Table 4.7, B2: B1 + B2A, from the target pose to the source pose
_base_ = '../bigraphgan_market1501-128x64.py'
model = dict(generator=dict(
    directions=('B2A',),
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
