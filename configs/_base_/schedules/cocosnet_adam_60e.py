_base_ = './cocosnet_adam_200e.py'
# 30 epochs at full rate, 30 of decay
param_scheduler = dict(begin=30, end=61)
train_cfg = dict(max_epochs=60)
