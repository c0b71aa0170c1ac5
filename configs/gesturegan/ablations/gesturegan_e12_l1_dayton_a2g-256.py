# Table 2.9, E12: D and L1, which D has from Pix2pix.
_base_ = './gesturegan_d_cycle_dayton_a2g-256.py'
