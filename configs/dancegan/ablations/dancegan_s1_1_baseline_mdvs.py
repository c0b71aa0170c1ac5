# S1-1: the generator of MDVS.
_base_ = '../dancegan_motion_mdvs.py'
model = dict(generator=dict(spatial_attention=False, temporal_attention=False))
