# ToyWorld street scenes at 64 x 64, 17 classes: drawn on the fly, nothing to download.
_base_ = '../loaders.py'
pipeline = [
    dict(type='InstanceEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'instance', 'edge'])]
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='ToyWorldStreet', size=(64, 64), length=100000, seed=0, pipeline=pipeline))
val_dataloader = dict(
    batch_size=8, num_workers=1,
    dataset=dict(type='ToyWorldStreet', size=(64, 64), length=64, seed=1, pipeline=pipeline))
test_dataloader = val_dataloader
