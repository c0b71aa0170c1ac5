_base_ = ['../_base_/models/gesturegan.py', '../_base_/datasets/strips/dayton_a2g_256.py',
          '../_base_/schedules/pix2pix_adam_20_15e.py']
train_dataloader = dict(dataset=dict(
    panels=['source_image', 'target_image', 'source_guide', 'target_guide']))
