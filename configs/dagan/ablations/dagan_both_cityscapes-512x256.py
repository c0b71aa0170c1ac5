_base_ = '../dagan_cityscapes-512x256.py'
model = dict(generator=dict(spatial_attention=True, channel_attention=True))
