# Table 2.9, E15: D, the colour L2 loss and L1.
_base_ = './gesturegan_d_cycle_dayton_a2g-256.py'
model = dict(losses=dict(colour=dict(type='ColourLoss', weight=100.0, power=2, _delete_=True)))
