# COCO-Stuff as in the released code: 286 x 286, of which 256 x 256 are cropped.
_base_ = '../loaders.py'
data_root = 'data/coco_stuff'
pack = [dict(type='InstanceEdge'), dict(type='PackTensors', keys=['target_image', 'label', 'edge'])]
train_pipeline = [
    dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=286, crop_size=256),
    dict(type='RandomMirror'),
    *pack]
test_pipeline = [dict(type='ResizeAndCrop', mode='fixed', crop_size=256), *pack]
train_dataloader = dict(
    dataset=dict(type='COCOStuff', data_root=data_root, split='train', pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(type='COCOStuff', data_root=data_root, split='val', pipeline=test_pipeline))
test_dataloader = val_dataloader
