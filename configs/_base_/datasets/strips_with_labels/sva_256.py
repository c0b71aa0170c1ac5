# SVA with label panels.
_base_ = './_base_256.py'
data_root = 'data/sva_with_labels'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
