_base_ = './toyworld_cpu_guided.py'
# As many iterations as toyworld_cpu.py has, for a batch of 4.
param_scheduler = dict(begin=500, end=1001)
train_cfg = dict(max_iters=1000, val_interval=200)
default_hooks = dict(checkpoint=dict(interval=200))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=800, end=900, terms=('adversarial', 'feature_matching'))]
