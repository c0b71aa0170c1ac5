# Table 2.9, E13: D and L2.
_base_ = './gesturegan_d_cycle_dayton_a2g-256.py'
model = dict(losses=dict(pixel=dict(type='L2Loss', weight=100.0)))
