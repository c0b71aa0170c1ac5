# Table 9, B5: B4 with the weight map (equations 7 and 8), which is LGGAN
_base_ = '../lggan_cityscapes-512x256.py'
