# Cityscapes as in the released code: resized to 512 x 256, never cropped.
data_root = 'data/cityscapes'
load = [dict(type='ResizeAndCrop', mode='fixed', crop_size=512, aspect_ratio=2.0)]
pack = [dict(type='InstanceEdge'), dict(type='PackTensors', keys=['target_image', 'label', 'edge'])]
train_pipeline = [*load, dict(type='RandomMirror'), *pack]
test_pipeline = [*load, *pack]
train_dataloader = dict(
    batch_size=4,
    num_workers=4,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(type='Cityscapes', data_root=data_root, split='train', pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=4,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(type='Cityscapes', data_root=data_root, split='val', pipeline=test_pipeline))
test_dataloader = val_dataloader

val_evaluator = [dict(type='PSNR'), dict(type='SSIM')]
test_evaluator = val_evaluator
