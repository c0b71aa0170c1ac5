# Small enough for minutes on a CPU: a quarter of the widths, larger rates. So few iterations leave no time
# for five discriminator steps to one of the generator, and the segmentation must outweigh the attributes to
# be learnt.
_base_ = ['../_base_/models/scgan.py', '../_base_/datasets/toyworld_face_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(image_size=(64, 64), channels=16, latent_dim=64, latent_channels=16),
    discriminator=dict(channels=16, num_layers=5),
    segmentor=dict(channels=8, num_blocks=2),
    losses=dict(classification=dict(weight=1.0), segmentation=dict(weight=10.0)),
    options=dict(discriminator_steps=1))
optim_wrapper = dict(
    discriminator=dict(optimizer=dict(lr=1e-3)),
    segmentor=dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.0, 0.9), fused=True)))
train_dataloader = dict(batch_size=8)
