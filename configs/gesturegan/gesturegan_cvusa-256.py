# The source guide of CVUSA is black.
_base_ = ['../_base_/models/gesturegan.py', '../_base_/datasets/strips/cvusa_256.py',
          '../_base_/schedules/pix2pix_adam_15_15e.py']
train_dataloader = dict(dataset=dict(
    panels=['source_image', 'target_image', 'source_guide', 'target_guide']))
