# The released runs all have the encoder of styles.
_base_ = ['../_base_/models/ccfpse.py', '../_base_/datasets/cityscapes_512x256.py',
          '../_base_/schedules/ttur_adam_200e.py']
model = dict(
    generator=dict(num_classes=35, edge=True, image_size=(256, 512), num_upsamplings=6))
# on each of 16 GPUs
train_dataloader = dict(batch_size=1)
