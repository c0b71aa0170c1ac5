# Table 9, B3: global and local generator, class images joined by a convolution (equation 5)
_base_ = './lggan_b4_classification_cityscapes-512x256.py'
model = dict(generator=dict(classifier=False), losses=dict(classification=None))
