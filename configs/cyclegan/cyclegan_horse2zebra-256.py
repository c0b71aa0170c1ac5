# Horses to zebras and back: folders trainA, trainB, testA, testB.
_base_ = ['../_base_/models/cyclegan.py', '../_base_/datasets/unpaired_256.py',
          '../_base_/schedules/pix2pix_adam_100_100e.py']
data_root = 'data/horse2zebra'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
