# Table 5.3, N = 10: as F of table 5.1, trained another time.
_base_ = './selectiongan_f_attention_selection_dayton_a2g-256.py'
