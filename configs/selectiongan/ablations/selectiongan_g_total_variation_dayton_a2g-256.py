# Table 5.1, G: F and the total variation of the final image.
_base_ = './selectiongan_h_spatial_pooling_dayton_a2g-256.py'
model = dict(generator=dict(head=dict(pooling_scales=None)))
