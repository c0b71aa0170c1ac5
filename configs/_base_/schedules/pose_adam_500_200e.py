_base_ = './pose_adam.py'
# 500 epochs at full rate, 200 of decay, as the released code counts: epoch 500 is one step down already, and
# the last epoch's rate is 0.
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=498, end=700, by_epoch=True)
train_cfg = dict(max_epochs=700)
