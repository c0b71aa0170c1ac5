# Two folders without pairs, <split>A and <split>B, as CycleGAN's own data sets lie: 286 x 286, of which
# 256 x 256 are cropped, each picture by itself. Nothing can be compared with a target: images are saved.
_base_ = '../loaders.py'
pack = [dict(type='PackTensors', keys=['source_image', 'target_image'])]
train_dataloader = dict(batch_size=1, dataset=dict(
    type='UnpairedFolders', split='train', pipeline=pack,
    picture_pipeline=[dict(type='ResizeAndCrop', load_size=286, crop_size=256), dict(type='RandomMirror')]))
val_dataloader = dict(batch_size=1, dataset=dict(
    type='UnpairedFolders', split='test', random_target=False, pipeline=pack,
    picture_pipeline=[dict(type='ResizeAndCrop', mode='fixed', crop_size=256)]))
test_dataloader = val_dataloader
