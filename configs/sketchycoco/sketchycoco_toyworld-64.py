# Small enough for minutes on a CPU: narrow networks, critics that see images as they are, Adam, one turn of
# the generators. Edges are followed by pixels alone at first, by way of the encoder; then the critics begin.
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
    losses=dict(pixel=dict(type='L1Loss', weight=50.0)),
    enlarge=False,
    options=dict(
        init=dict(method='kaiming'),
        update_order=('joint_discriminator', 'discriminator', 'edge_discriminator', 'classifier', 'generator',
                      'encoder')))
adam = dict(type='Adam', fused=True)
judging = dict(optimizer=dict(lr=5e-4, betas=(0.0, 0.9), **adam))
drawing = dict(optimizer=dict(lr=2e-3, betas=(0.5, 0.99), **adam))
optim_wrapper = dict(
    generator=drawing, encoder=drawing, classifier=judging, discriminator=judging,
    joint_discriminator=judging, edge_discriminator=judging)
param_scheduler = dict(begin=1500, end=3001)
train_cfg = dict(max_iters=3000, val_interval=300)
default_hooks = dict(checkpoint=dict(interval=300))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=2400, end=2600,
                     players=('joint_discriminator', 'discriminator', 'edge_discriminator'))]
