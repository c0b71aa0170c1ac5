# Frames of videos and OpenPose's key points of each; docs/data.md says how the files lie. The thesis cut
# 54,944 sequences from the internet, which were never released, and held 4,581 of them out.
_base_ = '../loaders.py'
data_root = 'data/dance_video'
train_dataloader = dict(
    batch_size=1,
    dataset=dict(type='DanceVideo', data_root=data_root, split='train', size=256, frames=4, pipeline=[
        dict(type='PackTensors', keys=['source_image', 'target_frames', 'frame_guides'])]))
val_dataloader = dict(
    batch_size=1,
    dataset=dict(type='DanceVideo', data_root=data_root, split='test', size=256, frames=2, pipeline=[
        dict(type='PackTensors', keys=['source_image', 'target_image', 'target_guide'])]))
test_dataloader = val_dataloader
