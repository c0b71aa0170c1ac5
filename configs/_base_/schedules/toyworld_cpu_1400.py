_base_ = './toyworld_cpu.py'
# As toyworld_cpu.py, with twice the iterations, for systems whose iteration is short.
param_scheduler = dict(begin=400, end=1401)
train_cfg = dict(max_iters=1400, val_interval=280)
default_hooks = dict(checkpoint=dict(interval=280))
