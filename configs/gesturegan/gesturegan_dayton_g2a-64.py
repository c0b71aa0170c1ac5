_base_ = ['../_base_/models/gesturegan.py', '../_base_/datasets/strips/dayton_g2a_64.py',
          '../_base_/schedules/pix2pix_adam_50_50e.py']
train_dataloader = dict(dataset=dict(
    panels=['source_image', 'target_image', 'source_guide', 'target_guide']))
