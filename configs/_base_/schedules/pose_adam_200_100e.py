_base_ = './pose_adam.py'
# 200 epochs at full rate, 100 of decay, as the released code counts: epoch 200 is one step down already, and
# the last epoch's rate is 0.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=198, end=300, by_epoch=True)
train_cfg = dict(max_epochs=300)
