# As _base_256.py, but 72 x 72, of which 64 x 64 are cropped; batches of 16.
_base_ = './_base_256.py'
pack = [dict(type='LabelFromGrey'), dict(type='PackTensors')]
train_dataloader = dict(batch_size=16, dataset=dict(pipeline=[
    dict(type='ResizeAndCrop', load_size=72, crop_size=64, position='random_but_last'), *pack]))
val_dataloader = dict(dataset=dict(pipeline=[
    dict(type='ResizeAndCrop', load_size=72, crop_size=64, position='centre'), *pack]))
test_dataloader = val_dataloader
