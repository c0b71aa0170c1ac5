# Table 5.1, H: G and multi-scale spatial pooling: SelectionGAN.
_base_ = '../selectiongan_dayton_a2g-256.py'
