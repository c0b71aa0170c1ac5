# Label maps to street scenes (paper, appendix 6.2): squares of 286, of which 256 are cropped; batch 1, 200
# epochs.
_base_ = ['../_base_/models/pix2pix.py', '../_base_/datasets/cityscapes_512x256.py',
          '../_base_/schedules/pix2pix_adam_100_100e.py']
model = dict(generator=dict(source_channels=0, num_classes=35))
pack = [dict(type='PackTensors', keys=['target_image', 'label'])]
train_pipeline = [
    dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=286, crop_size=256),
    dict(type='RandomMirror'),
    *pack]
test_pipeline = [dict(type='ResizeAndCrop', mode='fixed', crop_size=256), *pack]
train_dataloader = dict(batch_size=1, dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
