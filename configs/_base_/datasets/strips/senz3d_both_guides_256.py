# Creative Senz3D with the skeletons of both pictures, for systems that go both ways: 135,504 / 12,800 strips.
_base_ = './senz3d_256.py'
panels = ['source_image', 'target_image', 'source_guide', 'target_guide']
train_dataloader = dict(dataset=dict(panels=panels))
val_dataloader = dict(dataset=dict(panels=panels))
test_dataloader = val_dataloader
