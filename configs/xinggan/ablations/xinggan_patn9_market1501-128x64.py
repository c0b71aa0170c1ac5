# Table 4.4, PATN generator (9 blocks): PATN's blocks in the place of Xing blocks
_base_ = '../xinggan_market1501-128x64.py'
model = dict(generator=dict(
    type='PATNGenerator', num_blocks=9, head=dict(type='CoAttentionFusion', attention_bias=False)))
