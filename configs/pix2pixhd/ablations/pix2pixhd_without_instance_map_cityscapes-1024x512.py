_base_ = '../pix2pixhd_cityscapes-1024x512.py'
model = dict(
    generator=dict(edge=False),
    discriminator=dict(in_channels=35 + 3))
