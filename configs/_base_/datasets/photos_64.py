# Photographs with label maps that were made from them; first run
#   python tools/dataset_converters/photos_to_layout.py --skimage --out data/photos --instances
_base_ = '../loaders.py'
folder = dict(type='LabelMapFolder', data_root='data/photos', meta_file='meta.json')
pack = [
    dict(type='InstanceEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'instance', 'edge'])]
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(image_dir='train/images', label_dir='train/labels', instance_dir='train/instances',
                 pipeline=[dict(type='RandomMirror'), *pack], **folder))
val_dataloader = dict(
    batch_size=8, num_workers=1,
    dataset=dict(image_dir='test/images', label_dir='test/labels', instance_dir='test/instances',
                 pipeline=pack, **folder))
test_dataloader = val_dataloader
