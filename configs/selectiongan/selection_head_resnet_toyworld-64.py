# Pix2pix with CycleGAN's residual generator and SelectionGAN's last layers
_base_ = '../pix2pix/pix2pix_toyworld-64.py'
model = dict(generator=dict(
    _delete_=True, type='ResNetGenerator', guide_channels=3, channels=16, num_blocks=6,
    head=dict(type='MultiChannelAttentionSelection', num_intermediates=10, pooling_scales=(1, 4, 9))))
