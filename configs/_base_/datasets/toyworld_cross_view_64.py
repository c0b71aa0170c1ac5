# ToyWorld from above (source) and from the ground (target) at 64 x 64, with both label maps as pictures and
# the target's 17 classes: drawn on the fly, nothing to download.
_base_ = '../loaders.py'
pipeline = [dict(type='PackTensors', keys=[
    'source_image', 'target_image', 'source_guide', 'target_guide', 'label'])]
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='ToyWorldCrossView', size=(64, 64), length=100000, seed=0, pipeline=pipeline))
val_dataloader = dict(
    batch_size=8, num_workers=1,
    dataset=dict(type='ToyWorldCrossView', size=(64, 64), length=64, seed=1, pipeline=pipeline))
test_dataloader = val_dataloader
