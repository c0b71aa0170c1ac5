# Class-adaptive normalisation: gamma and beta are a table's row of the class (Tan et al., TPAMI 2021)
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(generator=dict(norm_hidden_channels=0))
