# LGGAN, its global branch with SelectionGAN's last layers
_base_ = '../lggan/lggan_toyworld-64.py'
model = dict(generator=dict(head=dict(type='MultiChannelAttentionSelection', num_intermediates=10)))
