# With an encoder of styles: what the label map leaves open (weather, hour, colours) comes from another
# picture, or is drawn. Without norms, which would take brightness and hue away; with a lighter divergence
# than the paper's 0.05, with which so few iterations learn no styles.
_base_ = './gaugan_sau_toyworld-64.py'
model = dict(
    generator=dict(latent_dim=16),
    encoder=dict(type='ConvEncoder', channels=16, norm=None, spectral=False, image_size=64),
    losses=dict(kl=dict(type='KLLoss', weight=0.01)))
param_scheduler = dict(milestones=[900, 1500])
train_cfg = dict(max_iters=1600, val_interval=400)
default_hooks = dict(checkpoint=dict(interval=400))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01), dict(type='LateLossHook', begin=850, end=950)]
