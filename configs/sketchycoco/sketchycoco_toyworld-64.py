# Small enough for minutes on a CPU: narrow networks, critics that see images as they are, Adam.
_base_ = ['../_base_/models/sketchycoco.py', '../_base_/datasets/toyworld_objects_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(num_classes=3, latent_dim=32, channels=16),
    edge_generator=dict(channels=16),
    encoder=dict(channels=(16, 32, 64, 64, 64)),
    classifier=dict(channels=4),
    joint_discriminator=dict(channels=16),
    discriminator=dict(image_size=(64, 64), channels=16),
    edge_discriminator=dict(image_size=(64, 64), channels=16),
    enlarge=False)
adam = dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.0, 0.9), fused=True))
optim_wrapper = dict(
    generator=adam, discriminator=adam, encoder=adam, classifier=adam, joint_discriminator=adam,
    edge_discriminator=adam)
param_scheduler = dict(begin=1500, end=2501)
train_cfg = dict(max_iters=2500, val_interval=500)
train_dataloader = dict(batch_size=8)
