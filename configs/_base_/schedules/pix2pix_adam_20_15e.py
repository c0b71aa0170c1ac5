_base_ = './pix2pix_adam.py'
# 20 epochs at full rate, 15 of decay, as the code of 2018 counts: epoch 20 is one step down already, and
# the last epoch's rate is 0.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=18, end=35, by_epoch=True)
train_cfg = dict(max_epochs=35)
