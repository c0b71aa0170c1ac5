# Small enough for minutes on a CPU: without VGG19's features, whose weights would be a download. Of half of
# the samples the exemplar is the picture itself, mirrored or not: warp and image must then be the picture.
_base_ = ['../_base_/models/cocosnet.py', '../_base_/datasets/toyworld_exemplars_64.py',
          '../_base_/schedules/toyworld_cpu_guided_short.py']
model = dict(
    generator=dict(num_classes=17, channels=8, norm_hidden_channels=32),
    correspondence_network=dict(channels=8, norm_hidden_channels=32),
    discriminator=dict(num_scales=1, discriminator=dict(channels=32, num_layers=3)),
    losses=dict(
        features=None, label=dict(weight=10.0),
        adversarial=dict(weight=1.0, discriminator_weight=1.0),
        warp_self=dict(type='L1Loss', weight=100.0), pixel=dict(type='L1Loss', weight=100.0)))
