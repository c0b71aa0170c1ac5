# ToyWorld's dancer at 64 x 64, four successive frames and a picture from elsewhere in the dance: drawn on the
# fly.
_base_ = '../loaders.py'
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='ToyWorldDance', size=64, frames=4, length=100000, seed=0, pipeline=[
        dict(type='PackTensors', keys=['source_image', 'target_frames', 'frame_guides'])]))
val_dataloader = dict(
    batch_size=8, num_workers=1,
    dataset=dict(type='ToyWorldDance', size=64, frames=2, length=64, seed=1, pipeline=[
        dict(type='PackTensors', keys=['source_image', 'target_image', 'target_guide'])]))
test_dataloader = val_dataloader
