# The released script runs 200 epochs, whose rate falls after 100; those of epoch 100 were tested.
_base_ = ['../_base_/models/ccfpse.py', '../_base_/datasets/coco_stuff_256.py',
          '../_base_/schedules/ttur_adam_200e.py']
model = dict(
    generator=dict(num_classes=183, edge=True, image_size=(256, 256), num_upsamplings=5))
# on each of 16 GPUs
train_dataloader = dict(batch_size=1)
param_scheduler = None
train_cfg = dict(max_epochs=100)
