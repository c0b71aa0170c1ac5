# Table 3.5, row 4: all cycles; 50 epochs, as all rows.
_base_ = '../c2gan_radboud-256.py'
param_scheduler = dict(begin=25, end=52)
train_cfg = dict(max_epochs=50)
