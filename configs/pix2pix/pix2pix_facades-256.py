# Label maps to facades (paper, appendix 6.2): batch 1, 200 epochs, jitter and mirroring. Classes come as
# one-hot channels, where the released code reads their colours.
_base_ = ['../_base_/models/pix2pix.py', '../_base_/datasets/facades_256.py',
          '../_base_/schedules/pix2pix_adam_100_100e.py']
model = dict(generator=dict(source_channels=0, num_classes=13))
train_dataloader = dict(batch_size=1)
