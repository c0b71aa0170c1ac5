# Table 2.17: one cycle instead of two.
_base_ = '../gesturegan_ntu-256.py'
model = dict(cycles=1)
