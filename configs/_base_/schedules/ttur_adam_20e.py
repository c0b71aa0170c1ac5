_base_ = './ttur_adam_200e.py'
# 10 epochs at full rate, 10 of decay
param_scheduler = dict(begin=10, end=21)
train_cfg = dict(max_epochs=20, val_interval=5)
default_hooks = dict(checkpoint=dict(interval=5))
