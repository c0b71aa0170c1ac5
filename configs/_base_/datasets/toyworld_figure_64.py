# ToyWorld people at 64 x 32 (as Market-1501, half as large) in two poses each, with 18 heat maps a pose:
# drawn on the fly, nothing to download.
_base_ = '../loaders.py'
pipeline = [dict(type='PackTensors', keys=[
    'source_image', 'target_image', 'source_guide', 'target_guide', 'mask'])]
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='ToyWorldFigure', size=(64, 32), length=100000, seed=0, pipeline=pipeline))
val_dataloader = dict(
    batch_size=8, num_workers=1,
    dataset=dict(type='ToyWorldFigure', size=(64, 32), length=64, seed=1, pipeline=pipeline))
test_dataloader = val_dataloader
