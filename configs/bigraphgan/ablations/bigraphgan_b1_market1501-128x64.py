# Table 4.7, B1: our baseline, no reasoning, no fusion
_base_ = '../bigraphgan_market1501-128x64.py'
model = dict(generator=dict(
    directions=None,
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
