# Table 5.3, N = 1; its numbers are E's of table 5.1.
_base_ = './selectiongan_e_uncertainty_dayton_a2g-256.py'
