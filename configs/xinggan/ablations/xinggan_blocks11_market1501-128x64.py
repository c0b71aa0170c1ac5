# Table 4.4, Xing generator (11 blocks)
_base_ = '../xinggan_market1501-128x64.py'
model = dict(generator=dict(num_blocks=11))
