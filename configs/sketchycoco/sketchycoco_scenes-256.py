# The scene stage: pix2pix from foreground objects on a background sketch to the scene, in strips of scene |
# drawing.
_base_ = ['../_base_/models/pix2pix.py', '../_base_/datasets/facades_256.py',
          '../_base_/schedules/pix2pix_adam_100_100e.py']
scenes = dict(_delete_=True, type='StripFolder', data_root='data/sketchycoco_scenes',
              panels=['target_image', 'source_image'])
pack = [dict(type='PackTensors', keys=['source_image', 'target_image'])]
train_dataloader = dict(batch_size=1, dataset=dict(split='train', pipeline=[
    dict(type='ResizeAndCrop', load_size=286, crop_size=256), dict(type='RandomMirror'), *pack], **scenes))
val_dataloader = dict(dataset=dict(
    split='test', pipeline=[dict(type='ResizeAndCrop', mode='fixed', crop_size=256), *pack], **scenes))
test_dataloader = val_dataloader
model = dict(generator=dict(source_channels=3))
