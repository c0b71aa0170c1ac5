_base_ = ['../_base_/models/gaugan.py', '../_base_/datasets/coco_stuff_256.py',
          '../_base_/schedules/ttur_adam_100e.py']
model = dict(
    generator=dict(type='DAGANGenerator', num_classes=183, edge=True, image_size=(256, 256),
                   num_upsamplings=5))
# on each of 8 GPUs
train_dataloader = dict(batch_size=4)
