# Ego2Top: 386,357 / 25,600 strips; batches of 8.
_base_ = './_base_256.py'
data_root = 'data/ego2top'
train_dataloader = dict(batch_size=8, dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
