_base_ = ['../_base_/models/edgegan.py', '../_base_/datasets/coco_stuff_256.py',
          '../_base_/schedules/edgegan_adam_100e.py']
model = dict(
    generator=dict(num_classes=183, edge=True, encoder=dict(image_size=(256, 256), num_upsamplings=5)))
train_dataloader = dict(dataset=dict(pipeline=[
    *_base_.train_dataloader.dataset.pipeline[:-1],
    dict(type='CannyEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'edge', 'target_edge'])]))
