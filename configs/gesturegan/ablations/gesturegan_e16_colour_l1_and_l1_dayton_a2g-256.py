# Table 2.9, E16: D, the colour L1 loss and L1.
_base_ = './gesturegan_d_cycle_dayton_a2g-256.py'
model = dict(losses=dict(colour=dict(type='ColourLoss', weight=100.0, power=1, _delete_=True)))
