# Table 9, B4: B3 with the class-discriminative loss (equation 6); global and local image are averaged
_base_ = './lggan_b5_weight_map_cityscapes-512x256.py'
model = dict(generator=dict(weight_map=False))
