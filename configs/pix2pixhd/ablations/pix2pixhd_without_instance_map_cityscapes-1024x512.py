_base_ = '../pix2pixhd_cityscapes-1024x512.py'
model = dict(
    generator=dict(edge=False))
