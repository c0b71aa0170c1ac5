_base_ = ['../_base_/models/pix2pix_plus.py', '../_base_/datasets/strips/sva_256.py',
          '../_base_/schedules/pix2pix_adam.py']
train_cfg = dict(max_epochs=20)
train_dataloader = dict(drop_last=True)
