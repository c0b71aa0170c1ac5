# The released code's size; later papers of the authors have 512.
_base_ = ['../_base_/models/gaugan.py', '../_base_/datasets/facades_256.py',
          '../_base_/schedules/ttur_adam_100e.py']
model = dict(
    generator=dict(type='DAGANGenerator', num_classes=13, image_size=(1024, 1024), num_upsamplings=5))
train_pipeline = [
    dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=1054, crop_size=1024),
    dict(type='RandomMirror'),
    *_base_.pack]
test_pipeline = [dict(type='ResizeAndCrop', mode='fixed', crop_size=1024), *_base_.pack]
# on each of 4 GPUs
train_dataloader = dict(batch_size=1, dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(batch_size=1, dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
