# Predicted convolutions before GauGAN's multi-scale patch discriminator.
_base_ = '../ccfpse_cityscapes-512x256.py'
model = dict(
    discriminator=dict(
        _delete_=True, type='MultiScaleDiscriminator', num_scales=2,
        discriminator=dict(type='PatchDiscriminator', channels=64, num_layers=4, norm='instance')),
    losses=dict(feature_matching=dict(average='scales')))
