# Table 5.2, F, stage I: the coarse image of the same training.
_base_ = './selectiongan_f_attention_selection_dayton_a2g-256.py'
model = dict(stage_at_test=1)
