# CelebAMask-HQ as SEAN's archive holds it, resized to 256 x 256. A mirrored face keeps the ids of its sides.
_base_ = '../loaders.py'
folder = dict(type='LabelMapFolder', data_root='data/CelebA-HQ', num_classes=19)
load = [dict(type='ResizeAndCrop', mode='fixed', crop_size=256)]
pack = [dict(type='PackTensors', keys=['target_image', 'label'])]
train_dataloader = dict(dataset=dict(
    image_dir='train/images', label_dir='train/labels', **folder,
    pipeline=[*load, dict(type='RandomMirror'), *pack]))
val_dataloader = dict(dataset=dict(
    image_dir='test/images', label_dir='test/labels', **folder, pipeline=[*load, *pack]))
test_dataloader = val_dataloader
