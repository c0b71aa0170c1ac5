_base_ = './pose_adam.py'
# 100 epochs at full rate, 100 of decay, as the released code counts: epoch 100 is one step down already, and
# the last epoch's rate is 0.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=98, end=200, by_epoch=True)
train_cfg = dict(max_epochs=200)
