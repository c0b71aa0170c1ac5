# What is shipped: a quarter of the weights.
_base_ = './cocosnet_toyworld-64.py'
narrow = dict(channels=4, norm_hidden_channels=16)
model = dict(generator=narrow, correspondence_network=narrow)
param_scheduler = dict(begin=650, end=1301)
train_cfg = dict(max_iters=1300, val_interval=650)
default_hooks = dict(checkpoint=dict(interval=650))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1000, end=1100, terms=('adversarial', 'feature_matching'))]
