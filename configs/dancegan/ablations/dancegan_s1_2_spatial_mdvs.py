# S1-2: with SSGA-Net.
_base_ = '../dancegan_motion_mdvs.py'
model = dict(generator=dict(temporal_attention=False))
