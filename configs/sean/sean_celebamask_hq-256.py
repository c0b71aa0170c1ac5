_base_ = ['../_base_/models/sean.py', '../_base_/datasets/celebamask_hq_256.py',
          '../_base_/schedules/ttur_adam_100e.py']
model = dict(
    generator=dict(num_classes=19, image_size=(256, 256), num_upsamplings=5))
# on each of 4 GPUs
train_dataloader = dict(batch_size=8)
