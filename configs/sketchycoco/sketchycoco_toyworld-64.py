# Small enough for half an hour on a CPU: narrow networks, critics that see images as they are, Adam. Critics
# learn faster than what they judge, and the generators have one turn, or the critics never catch up.
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
    enlarge=False,
    options=dict(update_order=('joint_discriminator', 'discriminator', 'edge_discriminator', 'classifier',
                               'generator', 'encoder')))
adam = dict(type='Adam', betas=(0.0, 0.9), fused=True)
judging, drawing = dict(optimizer=dict(lr=2e-3, **adam)), dict(optimizer=dict(lr=5e-4, **adam))
optim_wrapper = dict(
    generator=drawing, encoder=dict(optimizer=dict(lr=1e-3, **adam)), classifier=judging,
    discriminator=judging, joint_discriminator=judging, edge_discriminator=judging)
param_scheduler = dict(begin=600, end=1201)
train_cfg = dict(max_iters=1200)
train_dataloader = dict(batch_size=8)
