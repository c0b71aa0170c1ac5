# Poses of people. Patches of 4 x 4 pixels are warped.
_base_ = ['../_base_/models/cocosnet.py', '../_base_/datasets/deepfashion_exemplars_256.py',
          '../_base_/schedules/cocosnet_adam_100e.py']
model = dict(
    generator=dict(num_classes=0, guide_channels=20),
    correspondence_network=dict(
        adaptor_kernel_size=4, upsampling='patches', join_layout=False, warped_layout=None),
    losses=dict(features=dict(matching=10.0, perceptual=0.001, perceptual_layer='relu4_2'),
                warp_self=dict(type='L1Loss', weight=100.0), label=None))
