_base_ = '../gaugan/gaugan_camvid-256x192.py'
model = dict(
    generator=dict(head=dict(type='MultiChannelAttentionSelection', num_intermediates=10)),
    losses=dict(pixel=dict(type='L1Loss', weight=10.0)))
