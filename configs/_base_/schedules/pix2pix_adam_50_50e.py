_base_ = './pix2pix_adam.py'
# 50 epochs at full rate, 50 of decay, as the code of 2018 counts: epoch 50 is one step down already, and
# the last epoch's rate is 0.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=48, end=100, by_epoch=True)
train_cfg = dict(max_epochs=100)
