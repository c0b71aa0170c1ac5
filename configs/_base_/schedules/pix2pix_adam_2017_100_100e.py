_base_ = './pix2pix_adam.py'
# 100 epochs at full rate, 100 of decay, as the code of 2017 counts: the last epoch's rate is 2/101 of the
# first's.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=100, end=202, by_epoch=True)
