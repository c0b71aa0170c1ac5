# What is shipped: a quarter of the weights, and two thirds of the iterations.
_base_ = './cocosnet_toyworld-64.py'
narrow = dict(channels=4, norm_hidden_channels=16)
model = dict(generator=narrow, correspondence_network=narrow)
param_scheduler = dict(begin=300, end=651)
train_cfg = dict(max_iters=650, val_interval=650)
default_hooks = dict(checkpoint=dict(interval=650))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=520, end=600, terms=('adversarial', 'feature_matching'))]
