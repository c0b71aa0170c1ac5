_base_ = './toyworld_cpu_guided_pose.py'
# Twice as long: PCKh goes on rising.
param_scheduler = dict(begin=3000, end=6001)
train_cfg = dict(max_iters=6000, val_interval=500)
default_hooks = dict(checkpoint=dict(interval=500))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=4500, end=5000)]
