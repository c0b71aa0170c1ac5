# Table 9, B2: global and local generator, class images added up (equation 4)
_base_ = './lggan_b3_convolution_cityscapes-512x256.py'
model = dict(generator=dict(fusion='addition'))
