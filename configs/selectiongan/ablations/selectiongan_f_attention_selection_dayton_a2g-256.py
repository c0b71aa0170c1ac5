# Table 5.1, F: E and multi-channel attention selection; neither pooling nor total variation.
_base_ = './selectiongan_g_total_variation_dayton_a2g-256.py'
model = dict(losses=dict(total_variation=None))
