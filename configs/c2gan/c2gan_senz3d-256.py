# Thesis: 20 epochs.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/strips/senz3d_both_guides_256.py',
          '../_base_/schedules/pix2pix_adam_2017_10_10e.py']
val_dataloader = dict(batch_size=1)
test_dataloader = dict(batch_size=1)
