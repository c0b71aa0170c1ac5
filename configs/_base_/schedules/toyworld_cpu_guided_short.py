_base_ = './toyworld_cpu_guided.py'
# Half as long: a quarter of an hour on one CPU core.
param_scheduler = dict(begin=750, end=1501)
train_cfg = dict(max_iters=1500)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1200, end=1350, terms=('adversarial', 'feature_matching'))]
