# Label maps of faces. Kernel 4 as in the released weights; the printed training command says nothing of it.
_base_ = ['../_base_/models/cocosnet.py', '../_base_/datasets/celeba_hq_exemplars_256.py',
          '../_base_/schedules/cocosnet_adam_60e.py']
model = dict(
    generator=dict(num_classes=19),
    correspondence_network=dict(adaptor_kernel_size=4, upsampling='bilinear', cycles=1),
    losses=dict(features=dict(matching=10.0, perceptual=0.001, perceptual_layer='relu4_2'),
                warp_cycle=dict(type='L1Loss', weight=0.1)),
    overlaid_class=16)
