# Ours (w/o VGG loss)
_base_ = '../pix2pixhd_cityscapes-1024x512.py'
model = dict(losses=dict(perceptual=None))
