# Table 4.7, B3: B1 + A2B, from the source pose to the target pose
_base_ = '../bigraphgan_market1501-128x64.py'
model = dict(generator=dict(
    directions=('A2B',),
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
