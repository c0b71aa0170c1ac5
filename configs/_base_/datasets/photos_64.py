# Photographs with label maps that were made from them; first run
#   python tools/dataset_converters/photos_to_layout.py --skimage --out data/photos --instances
data_root = 'data/photos'
folder = dict(type='LabelMapFolder', data_root=data_root, meta_file='meta.json')
pack = [
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
    dataset=dict(image_dir='train/images', label_dir='train/labels', instance_dir='train/instances',
                 pipeline=[dict(type='RandomMirror'), *pack], **folder))
val_dataloader = dict(
    batch_size=8,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(image_dir='test/images', label_dir='test/labels', instance_dir='test/instances',
                 pipeline=pack, **folder))
test_dataloader = val_dataloader

val_evaluator = [dict(type='PSNR'), dict(type='SSIM')]
test_evaluator = val_evaluator
