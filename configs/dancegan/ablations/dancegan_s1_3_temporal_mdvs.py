# S1-3: with CTGA-Net.
_base_ = '../dancegan_motion_mdvs.py'
model = dict(generator=dict(spatial_attention=False))
