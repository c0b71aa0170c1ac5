# Table 4.4, Xing generator (1 blocks)
_base_ = '../xinggan_market1501-128x64.py'
model = dict(generator=dict(num_blocks=1))
