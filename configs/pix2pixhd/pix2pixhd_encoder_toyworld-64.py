_base_ = './pix2pixhd_toyworld-64.py'
model = dict(
    generator=dict(feature_channels=3),
    encoder=dict(type='InstanceFeatureEncoder', channels=8, num_downsamplings=2),
    num_clusters=10)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='FeatureClusterHook', num_images=64)]
