_base_ = './toyworld_cpu_guided.py'
# What is to be kept of the source is learnt after the guide, too.
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=2500, end=2700,
                     terms=('adversarial', 'cycle', 'self_content'))]
