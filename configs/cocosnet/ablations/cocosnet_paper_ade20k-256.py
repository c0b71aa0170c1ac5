# The paper where the released code differs: pixels are matched, the warped exemplar must go back to the
# exemplar, relu4_2 is compared, and there is neither a loss of labels nor one of D's features
_base_ = '../cocosnet_ade20k-256.py'
model = dict(
    correspondence_network=dict(patch=1, centre_channels=False, cycles=1, warped_layout=None),
    losses=dict(features=dict(perceptual_layer='relu4_2', centre_places=False),
                warp_cycle=dict(type='L1Loss', weight=1.0), label=None, feature_matching=None))
