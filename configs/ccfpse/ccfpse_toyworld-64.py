# As GauGAN's small config, whose weights' scale it shares; styles come from another picture.
_base_ = ['../_base_/models/ccfpse.py', '../_base_/datasets/toyworld_street_64.py',
          '../_base_/schedules/toyworld_cpu_guided_short.py']
model = dict(
    generator=dict(num_classes=17, edge=True, image_size=(64, 64), num_upsamplings=5, channels=8,
                   hidden_channels=32, latent_dim=64),
    discriminator=dict(channels=24),
    encoder=dict(channels=16, image_size=64),
    losses=dict(pixel=dict(type='L1Loss', weight=10.0), perceptual=None, kl=dict(weight=0.01)),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
