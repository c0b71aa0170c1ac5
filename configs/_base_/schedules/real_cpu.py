_base_ = './toyworld_cpu.py'
# Some hours on one CPU core for small sets of real pictures: the rates of toyworld_cpu.py, longer.
param_scheduler = dict(begin=3000, end=6001)
train_cfg = dict(max_iters=6000, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=500))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.001)]
