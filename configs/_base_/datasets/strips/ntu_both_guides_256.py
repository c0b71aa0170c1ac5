# NTU Hand Digit with the skeletons of both pictures, for systems that go both ways: 75,036 / 9,600 strips.
_base_ = './ntu_256.py'
panels = ['source_image', 'target_image', 'source_guide', 'target_guide']
train_dataloader = dict(dataset=dict(panels=panels))
val_dataloader = dict(dataset=dict(panels=panels))
test_dataloader = val_dataloader
