# A discriminator that segments, LabelMix and 3-D noise; no other loss (Schonfeld et al., ICLR 2021)
_base_ = '../gaugan_toyworld-64.py'
model = dict(
    generator=dict(type='OASISGenerator', noise_channels=16),
    discriminator=dict(type='OASISDiscriminator', channels=(32, 32, 64, 64), _delete_=True),
    losses=dict(adversarial=dict(type='SegmentationGANLoss', _delete_=True),
                label_mix=dict(type='L2Loss', weight=10.0), feature_matching=None))
