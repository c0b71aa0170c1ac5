# Cityscapes as in the released code: resized to 512 x 256, never cropped.
_base_ = '../loaders.py'
data_root = 'data/cityscapes'
load = [dict(type='ResizeAndCrop', mode='fixed', crop_size=512, aspect_ratio=2.0)]
pack = [dict(type='InstanceEdge'), dict(type='PackTensors', keys=['target_image', 'label', 'edge'])]
train_dataloader = dict(dataset=dict(
    type='Cityscapes', data_root=data_root, split='train',
    pipeline=[*load, dict(type='RandomMirror'), *pack]))
val_dataloader = dict(dataset=dict(
    type='Cityscapes', data_root=data_root, split='val', pipeline=[*load, *pack]))
test_dataloader = val_dataloader
