# ToyWorld hands at 64 x 64 in two gestures each, with skeleton pictures: drawn on the fly, nothing to
# download.
_base_ = '../loaders.py'
pipeline = [dict(type='PackTensors', keys=['source_image', 'target_image', 'source_guide', 'target_guide'])]
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='ToyWorldHand', size=(64, 64), length=100000, seed=0, pipeline=pipeline))
val_dataloader = dict(
    batch_size=8, num_workers=1,
    dataset=dict(type='ToyWorldHand', size=(64, 64), length=64, seed=1, pipeline=pipeline))
test_dataloader = val_dataloader
