# Table 2.9, E11: D and the colour L1 loss of the reconstruction.
_base_ = './gesturegan_d_cycle_dayton_a2g-256.py'
model = dict(losses=dict(colour_cycle=dict(type='ColourLoss', weight=100.0, power=1)))
