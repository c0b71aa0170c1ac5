# Thesis section 5.4.5: GauGAN whose last layer is the attention selection, without pooling and uncertainty.
_base_ = '../gaugan/gaugan_cityscapes-512x256.py'
model = dict(
    generator=dict(head=dict(type='MultiChannelAttentionSelection', num_intermediates=10)),
    losses=dict(pixel=dict(type='L1Loss', weight=10.0)))
