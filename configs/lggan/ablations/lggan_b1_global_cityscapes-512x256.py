# Table 9, B1: the global generator alone. Its mIoU and FID there are GauGAN's of table 5, which it is.
_base_ = '../../gaugan/gaugan_cityscapes-512x256.py'
