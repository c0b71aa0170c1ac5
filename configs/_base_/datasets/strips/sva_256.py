# SVA: 46,031 / 22,253 strips.
# Released test: 256 x 256, nothing cropped.
_base_ = './_base_256.py'
data_root = 'data/sva'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root, pipeline=[
    dict(type='ResizeAndCrop', mode='fixed', crop_size=256), dict(type='PackTensors')]))
test_dataloader = val_dataloader
