# The paper's reading: styles in the last block, too.
_base_ = '../sean_celebamask_hq-256.py'
model = dict(generator=dict(style_last=True))
