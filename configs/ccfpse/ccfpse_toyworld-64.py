# As GauGAN's small config, whose weights' scale it shares, but narrower, and like it without styles.
_base_ = ['../_base_/models/ccfpse.py', '../_base_/datasets/toyworld_street_64.py',
          '../_base_/schedules/toyworld_cpu_guided_short.py']
model = dict(
    generator=dict(num_classes=17, edge=True, image_size=(64, 64), num_upsamplings=5, channels=6,
                   hidden_channels=12, latent_dim=None),
    discriminator=dict(channels=24),
    encoder=None,
    losses=dict(pixel=dict(type='L1Loss', weight=10.0), perceptual=None, kl=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
