# Table 5.1, E: D and uncertainty-guided pixel losses. Uncertainty is made of attention maps, so there must be
# a second stage; that it has a single attention map follows from table 5.3, whose row N = 1 repeats E's
# numbers (and N = 0 those of D).
_base_ = './selectiongan_f_attention_selection_dayton_a2g-256.py'
model = dict(generator=dict(head=dict(num_intermediates=1)))
