# Small enough for minutes on a CPU. An image has no counterpart in its target domain: PSNR and SSIM say how
# near it is to the exemplar, no more.
_base_ = ['../_base_/models/stargan_v2.py', '../_base_/datasets/toyworld_domains_64.py',
          '../_base_/schedules/toyworld_cpu.py']
narrow = dict(channels=16, max_channels=64)
model = dict(
    generator=dict(resolution=64, style_channels=16, **narrow),
    mapping_network=dict(num_domains=2, latent_dim=8, hidden_channels=64),
    style_encoder=narrow, discriminator=narrow,
    losses=dict(diversity=dict(weight=1.0)),
    diversity_iterations=1000)
optim_wrapper = dict(
    generator=dict(optimizer=dict(lr=5e-4, betas=(0.0, 0.99))),
    discriminator=dict(optimizer=dict(lr=5e-4, betas=(0.0, 0.99))))
