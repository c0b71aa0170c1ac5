# Faces: pictures of landmarks instead of heat maps.
_base_ = ['../_base_/models/pose_transfer.py', '../_base_/datasets/strips/radboud_256.py',
          '../_base_/schedules/pose_adam_100_100e.py']
model = dict(
    generator=dict(type='BiGraphGANGenerator', guide_channels=3))
panels = ['source_image', 'target_image', 'source_guide', 'target_guide']
train_dataloader = dict(batch_size=24, dataset=dict(panels=panels))
val_dataloader = dict(dataset=dict(panels=panels))
test_dataloader = dict(dataset=dict(panels=panels))
train_cfg = dict(val_interval=50)
default_hooks = dict(checkpoint=dict(interval=50))
