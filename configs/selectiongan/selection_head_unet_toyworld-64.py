# Pix2pix, its U-Net with SelectionGAN's last layers
_base_ = '../pix2pix/pix2pix_toyworld-64.py'
model = dict(generator=dict(
    head=dict(type='MultiChannelAttentionSelection', num_intermediates=10, pooling_scales=(1, 4, 9))))
