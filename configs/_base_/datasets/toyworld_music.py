# ToyWorld's music and dances to it, 5 s each: composed on the fly, nothing to download.
_base_ = '../loaders.py'
pipeline = [dict(type='PackTensors', keys=['audio', 'target_motion'])]
train_dataloader = dict(
    batch_size=8, num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='ToyWorldMusic', length=100000, seed=0, pipeline=pipeline))
val_dataloader = dict(
    batch_size=16, num_workers=1, dataset=dict(type='ToyWorldMusic', length=64, seed=1, pipeline=pipeline))
test_dataloader = val_dataloader
val_evaluator = [dict(type='BeatAlignment'), dict(type='MotionFeatures', feature_network='toyworld_dance')]
test_evaluator = val_evaluator
