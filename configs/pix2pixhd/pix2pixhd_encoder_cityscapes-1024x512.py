# Section 3.4: the style of each object can be chosen. Styles to choose from are clustered on part of the
# training set before each validation.
_base_ = './pix2pixhd_cityscapes-1024x512.py'
model = dict(
    generator=dict(feature_channels=3),
    encoder=dict(type='InstanceFeatureEncoder', channels=16, num_downsamplings=4),
    num_clusters=10)
custom_hooks = [dict(type='FeatureClusterHook', num_images=500)]
