_base_ = ['../_base_/models/gaugan.py', '../_base_/datasets/celebamask_hq_512.py',
          '../_base_/schedules/ttur_adam_100e.py']
model = dict(
    generator=dict(type='DAGANGenerator', num_classes=19, image_size=(512, 512), num_upsamplings=5))
# on each of 4 GPUs
train_dataloader = dict(batch_size=4)
