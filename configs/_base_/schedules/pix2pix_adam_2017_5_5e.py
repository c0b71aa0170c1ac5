_base_ = './pix2pix_adam.py'
# 5 epochs at full rate, 5 of decay, as the code of 2017 counts: the last epoch's rate is 2/6 of the
# first's.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=5, end=12, by_epoch=True)
train_cfg = dict(max_epochs=10)
