_base_ = './toyworld_cpu_pose.py'
# As real_cpu.py, for a generator and two discriminators.
param_scheduler = dict(begin=3000, end=6001)
train_cfg = dict(max_iters=6000, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=500))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.001)]
