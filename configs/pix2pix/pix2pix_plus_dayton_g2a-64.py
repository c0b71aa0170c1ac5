_base_ = ['../_base_/models/pix2pix_plus.py', '../_base_/datasets/strips/dayton_g2a_64.py',
          '../_base_/schedules/pix2pix_adam.py']
model = dict(generator=dict(num_downsamplings=6))
train_cfg = dict(max_epochs=100)
train_dataloader = dict(drop_last=True)
