# Small enough for half an hour on a CPU. The head, which the paper has not, mixes the source in where nothing
# should change. An image has no counterpart in its target domain: PSNR and SSIM say how near it is to the
# exemplar, no more.
_base_ = ['../_base_/models/stargan_v2.py', '../_base_/datasets/toyworld_domains_64.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
narrow = dict(channels=12, max_channels=64)
model = dict(
    generator=dict(resolution=64, style_channels=16, head=dict(type='AttentionImageFusion'), **narrow),
    mapping_network=dict(num_domains=2, latent_dim=8, hidden_channels=64),
    style_encoder=narrow, discriminator=narrow,
    losses=dict(diversity=dict(weight=1.0)),
    diversity_iterations=3000)
rates = dict(betas=(0.0, 0.99))
optim_wrapper = dict(
    generator=dict(optimizer=dict(lr=1e-3, **rates),
                   paramwise_cfg=dict(custom_keys=dict(mapping_network=dict(lr_mult=0.1)))),
    discriminator=dict(optimizer=dict(lr=1e-3, **rates)))
train_dataloader = dict(batch_size=4)
train_cfg = dict(max_iters=3000, val_interval=250)
default_hooks = dict(checkpoint=dict(interval=250))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01)]
