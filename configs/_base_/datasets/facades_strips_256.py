# CMP Facades as pix2pix reads them: strips of photograph and label picture, 400 for training, 100 for
# validation, 106 for tests; 286 x 286, of which 256 x 256 are cropped, and mirroring. The colours of the
# classes are a picture.
_base_ = '../loaders.py'
strips = dict(type='StripFolder', data_root='data/facades_strips', panels=['target_image', 'target_guide'])
pack = [dict(type='PackTensors', keys=['target_image', 'target_guide'])]
fixed = [dict(type='ResizeAndCrop', mode='fixed', crop_size=256), *pack]
train_dataloader = dict(dataset=dict(split='train', **strips, pipeline=[
    dict(type='ResizeAndCrop', load_size=286, crop_size=256), dict(type='RandomMirror'), *pack]))
val_dataloader = dict(dataset=dict(split='val', **strips, pipeline=fixed))
test_dataloader = dict(dataset=dict(split='test', **strips, pipeline=fixed))
