# ToyWorld street scenes at 64 x 64: drawn on the fly, nothing to download.
num_classes = 17
image_size = (64, 64)

pipeline = [
    dict(type='InstanceEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'instance', 'edge']),
]
train_dataloader = dict(
    batch_size=8,
    num_workers=2,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(type='ToyWorldStreet', size=image_size, length=100000, seed=0, pipeline=pipeline))
val_dataloader = dict(
    batch_size=8,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(type='ToyWorldStreet', size=image_size, length=64, seed=1, pipeline=pipeline))
test_dataloader = val_dataloader

val_evaluator = [dict(type='PSNR'), dict(type='SSIM')]
test_evaluator = val_evaluator
