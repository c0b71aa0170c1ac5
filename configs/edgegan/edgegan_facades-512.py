_base_ = ['../_base_/models/edgegan.py', '../_base_/datasets/facades_256.py',
          '../_base_/schedules/edgegan_adam_100e.py']
model = dict(
    generator=dict(num_classes=13, encoder=dict(image_size=(512, 512), num_upsamplings=5)))
train_pipeline = [
    dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=542, crop_size=512),
    dict(type='RandomMirror'),
    dict(type='CannyEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'target_edge'])]
test_pipeline = [dict(type='ResizeAndCrop', mode='fixed', crop_size=512), *_base_.pack]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
