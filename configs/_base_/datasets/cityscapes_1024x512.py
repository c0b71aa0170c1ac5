# Cityscapes at 1024 x 512, with instances.
_base_ = './cityscapes_512x256.py'
load = [dict(type='ResizeAndCrop', mode='fixed', crop_size=1024, aspect_ratio=2.0)]
pack = [
    dict(type='InstanceEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'instance', 'edge'])]
train_dataloader = dict(batch_size=1, dataset=dict(pipeline=[*load, dict(type='RandomMirror'), *pack]))
val_dataloader = dict(batch_size=1, dataset=dict(pipeline=[*load, *pack]))
test_dataloader = val_dataloader
