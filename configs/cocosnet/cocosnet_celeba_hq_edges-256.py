# Edges of faces.
_base_ = ['../_base_/models/cocosnet.py', '../_base_/datasets/celeba_hq_edges_256.py',
          '../_base_/schedules/cocosnet_adam_60e.py']
model = dict(
    generator=dict(num_classes=0, guide_channels=15),
    correspondence_network=dict(
        adaptor_kernel_size=4, upsampling='bilinear', cycles=1, warped_layout=None),
    losses=dict(features=dict(matching=10.0, perceptual=0.001, perceptual_layer='relu4_2'),
                warp_cycle=dict(type='L1Loss', weight=1.0), label=None))
