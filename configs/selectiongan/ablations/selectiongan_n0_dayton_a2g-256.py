# Table 5.3, N = 0: no attention channels, so a single stage; its numbers are D's of table 5.1.
_base_ = './selectiongan_d_cycle_dayton_a2g-256.py'
