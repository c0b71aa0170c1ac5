# Table 4.3, SA + AS: one image is made of both codes together.
_base_ = '../xinggan_market1501-128x64.py'
model = dict(generator=dict(
    decoded='joint',
    head=dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)))
