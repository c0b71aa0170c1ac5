# Table 4.3, AS: the appearance code guides, but is not updated; the image is made of the shape code alone.
_base_ = '../xinggan_market1501-128x64.py'
model = dict(generator=dict(
    branches=('AS',), decoded='shape',
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
