# ToyWorld faces, hands and people at 64 x 64, with their edges; drawn on the fly, nothing to download.
_base_ = '../loaders.py'
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True), dataset=dict(
        type='ToyWorldObjects', size=(64, 64), length=100000, seed=0,
        pipeline=[dict(type='PackTensors', keys=['target_image', 'target_guide', 'domain'])]))
val_dataloader = dict(
    batch_size=8, num_workers=1, dataset=dict(
        type='ToyWorldObjects', size=(64, 64), length=64, seed=1,
        pipeline=[dict(type='PackTensors', keys=['target_image', 'target_guide', 'source_guide', 'domain'])]))
test_dataloader = val_dataloader
