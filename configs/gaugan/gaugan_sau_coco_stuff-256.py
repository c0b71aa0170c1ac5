_base_ = './gaugan_coco_stuff-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
