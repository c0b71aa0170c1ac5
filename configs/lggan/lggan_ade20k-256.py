_base_ = ['../_base_/models/lggan.py', '../_base_/datasets/ade20k_256.py',
          '../_base_/schedules/ttur_adam_200e.py']
model = dict(
    generator=dict(
        # a sub-generator for each of the first 51 ids, one for all others (paper: one for each class)
        num_classes=151, local_groups=[*range(51), *[51] * 100], num_classified=51,
        global_generator=dict(image_size=(256, 256), num_upsamplings=5)))
# 24 on 8 GPUs
train_dataloader = dict(batch_size=3)
