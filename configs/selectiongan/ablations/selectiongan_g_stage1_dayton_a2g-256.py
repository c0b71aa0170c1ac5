# Table 5.2, G, stage I: the coarse image of the same training.
_base_ = './selectiongan_g_total_variation_dayton_a2g-256.py'
model = dict(stage_at_test=1)
