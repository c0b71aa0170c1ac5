# Table 5.3, N = 5
_base_ = './selectiongan_f_attention_selection_dayton_a2g-256.py'
model = dict(generator=dict(head=dict(num_intermediates=5)))
