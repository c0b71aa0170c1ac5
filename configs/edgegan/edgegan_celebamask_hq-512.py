_base_ = ['../_base_/models/edgegan.py', '../_base_/datasets/celebamask_hq_512.py',
          '../_base_/schedules/edgegan_adam_100e.py']
model = dict(
    generator=dict(num_classes=19, encoder=dict(image_size=(512, 512), num_upsamplings=5)))
train_dataloader = dict(dataset=dict(pipeline=[
    *_base_.train_dataloader.dataset.pipeline[:-1],
    dict(type='CannyEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'target_edge'])]))
