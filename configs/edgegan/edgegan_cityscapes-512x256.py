_base_ = ['../_base_/models/edgegan.py', '../_base_/datasets/cityscapes_512x256.py',
          '../_base_/schedules/edgegan_adam_200e.py']
model = dict(
    generator=dict(num_classes=35, edge=True, encoder=dict(image_size=(256, 512), num_upsamplings=6)))
train_dataloader = dict(dataset=dict(pipeline=[
    *_base_.train_dataloader.dataset.pipeline[:-1],
    dict(type='CannyEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'edge', 'target_edge'])]))
