# Table 2.9, F: D, E16, E22, E3 and E42: GestureGAN.
_base_ = '../gesturegan_dayton_a2g-256.py'
