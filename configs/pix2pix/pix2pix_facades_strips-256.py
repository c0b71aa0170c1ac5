# As pix2pix_facades-256.py, but reads the classes' colours, as the released code does.
_base_ = ['../_base_/models/pix2pix.py', '../_base_/datasets/facades_strips_256.py',
          '../_base_/schedules/pix2pix_adam_100_100e.py']
model = dict(generator=dict(source_channels=0, guide_channels=3))
train_dataloader = dict(batch_size=1)
