# Small enough for minutes on a CPU: without VGG19's features, whose weights would be a download; the exemplar
# warped onto its own label map is to be the picture itself.
_base_ = ['../_base_/models/cocosnet.py', '../_base_/datasets/toyworld_exemplars_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(num_classes=17, channels=8, norm_hidden_channels=32),
    correspondence_network=dict(channels=8, norm_hidden_channels=32),
    discriminator=dict(num_scales=1, discriminator=dict(channels=32, num_layers=3)),
    losses=dict(features=None, warp_self=dict(type='L1Loss', weight=10.0)))
