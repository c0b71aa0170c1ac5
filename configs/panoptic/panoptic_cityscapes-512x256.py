_base_ = ['../_base_/models/panoptic.py', '../_base_/datasets/cityscapes_512x256.py',
          '../_base_/schedules/ttur_adam_200e.py']
model = dict(
    generator=dict(num_classes=35, image_size=(256, 512), num_upsamplings=6))
panoptic_pack = dict(type='PackTensors', keys=['target_image', 'label', 'instance'])
train_dataloader = dict(dataset=dict(pipeline=[*_base_.load, dict(type='RandomMirror'), panoptic_pack]))
val_dataloader = dict(dataset=dict(pipeline=[*_base_.load, panoptic_pack]))
test_dataloader = val_dataloader
