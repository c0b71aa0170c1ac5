_base_ = './pix2pix_adam.py'
# 15 epochs at full rate, 15 of decay, as the code of 2018 counts: epoch 15 is one step down already, and
# the last epoch's rate is 0.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=13, end=30, by_epoch=True)
train_cfg = dict(max_epochs=30)
