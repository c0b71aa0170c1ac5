# Small enough for half an hour on a CPU. An image has no counterpart in its target domain: PSNR and SSIM say
# how near it is to the exemplar, no more.
_base_ = ['../_base_/models/stargan_v2.py', '../_base_/datasets/toyworld_domains_64.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
narrow = dict(channels=16, max_channels=64)
model = dict(
    generator=dict(resolution=64, style_channels=16, **narrow),
    mapping_network=dict(num_domains=2, latent_dim=8, hidden_channels=64),
    style_encoder=narrow, discriminator=narrow,
    losses=dict(diversity=dict(weight=1.0)),
    diversity_iterations=2000)
adam = dict(type='Adam', lr=1e-3, betas=(0.0, 0.99), fused=True)
optim_wrapper = dict(
    generator=dict(optimizer=adam, paramwise_cfg=dict(custom_keys=dict(mapping_network=dict(lr_mult=0.1)))),
    discriminator=dict(optimizer=adam))
train_dataloader = dict(batch_size=8)
param_scheduler = dict(begin=1500, end=2501)
train_cfg = dict(max_iters=2500)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.005)]
