# Thesis: 35 epochs; label maps in colours are the guides.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/strips/dayton_a2g_256.py',
          '../_base_/schedules/pix2pix_adam_2017_20_15e.py']
train_dataloader = dict(dataset=dict(
    panels=['source_image', 'target_image', 'source_guide', 'target_guide']))
val_dataloader = dict(batch_size=1)
test_dataloader = dict(batch_size=1)
