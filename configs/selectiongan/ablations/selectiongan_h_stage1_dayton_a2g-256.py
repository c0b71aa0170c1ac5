# Table 5.2, H, stage I: the coarse image of the same training.
_base_ = './selectiongan_h_spatial_pooling_dayton_a2g-256.py'
model = dict(stage_at_test=1)
