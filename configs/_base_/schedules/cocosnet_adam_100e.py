_base_ = './cocosnet_adam_200e.py'
# 50 epochs at full rate, 50 of decay
param_scheduler = dict(begin=50, end=101)
train_cfg = dict(max_epochs=100)
