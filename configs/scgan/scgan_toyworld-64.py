# Small enough for minutes on a CPU: a quarter of the widths, larger rates, two discriminator steps to one of the
# generator, and an average of its weights is what is judged.
_base_ = ['../_base_/models/scgan.py', '../_base_/datasets/toyworld_face_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(image_size=(64, 64), channels=16, latent_dim=64, latent_channels=16),
    discriminator=dict(image_size=(64, 64), channels=16, num_layers=5),
    segmentor=dict(channels=8, num_blocks=2),
    discriminator_steps=2)
optim_wrapper = dict(
    generator=dict(optimizer=dict(lr=1e-3)),
    discriminator=dict(optimizer=dict(lr=1e-3)),
    segmentor=dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.5, 0.999), fused=True)))
train_dataloader = dict(batch_size=8)
