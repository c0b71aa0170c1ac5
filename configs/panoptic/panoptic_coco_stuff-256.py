_base_ = ['../_base_/models/panoptic.py', '../_base_/datasets/coco_stuff_256.py',
          '../_base_/schedules/ttur_adam_100e.py']
model = dict(
    generator=dict(num_classes=183, image_size=(256, 256), num_upsamplings=5))
panoptic_pack = dict(type='PackTensors', keys=['target_image', 'label', 'instance'])
train_dataloader = dict(dataset=dict(pipeline=[*_base_.train_pipeline[:-2], panoptic_pack]))
val_dataloader = dict(dataset=dict(pipeline=[*_base_.test_pipeline[:-2], panoptic_pack]))
test_dataloader = val_dataloader
