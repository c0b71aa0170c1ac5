# Table 4.3, SA: the shape code guides, but is not updated; the image is made of the appearance code alone.
_base_ = '../xinggan_market1501-128x64.py'
model = dict(generator=dict(
    branches=('SA',), decoded='appearance',
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
