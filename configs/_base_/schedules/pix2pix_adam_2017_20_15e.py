_base_ = './pix2pix_adam.py'
# 20 epochs at full rate, 15 of decay, as the code of 2017 counts: the last epoch's rate is 2/16 of the
# first's.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=20, end=37, by_epoch=True)
train_cfg = dict(max_epochs=35)
