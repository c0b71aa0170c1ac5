# Faces of ToyWorld; weights' scale as of GauGAN's small config. The style is the real face's own.
_base_ = ['../_base_/models/sean.py', '../_base_/datasets/toyworld_face_64.py',
          '../_base_/schedules/toyworld_cpu_own_rate.py']
model = dict(
    generator=dict(num_classes=7, image_size=(64, 64), num_upsamplings=5, channels=6, style_channels=16,
                   norm_hidden_channels=16),
    discriminator=dict(discriminator=dict(channels=32)),
    losses=dict(pixel=dict(type='L1Loss', weight=50.0), perceptual=None, feature_matching=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
