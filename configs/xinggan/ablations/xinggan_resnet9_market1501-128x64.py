# Table 4.4, Resnet generator (9 blocks): residual blocks in the place of Xing blocks
_base_ = '../xinggan_market1501-128x64.py'
model = dict(generator=dict(branches=(), num_blocks=9))
