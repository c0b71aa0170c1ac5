# ToyWorld faces at 64 x 64 with 5 attributes; validation asks for another one, and knows the true picture.
# Drawn on the fly, nothing to download.
_base_ = '../loaders.py'
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True), dataset=dict(
        type='ToyWorldFace', size=(64, 64), length=100000, seed=0,
        pipeline=[dict(type='PackTensors', keys=['source_image', 'attributes'])]))
val_dataloader = dict(
    batch_size=8, num_workers=1, dataset=dict(
        type='ToyWorldAttributes', size=(64, 64), length=64, seed=1,
        pipeline=[dict(type='PackTensors', keys=['source_image', 'target_image', 'attributes'])]))
test_dataloader = val_dataloader
