# CVUSA: 35,532 / 8,884 strips, aerial | ground | black | ground map.
_base_ = './_base_256.py'
data_root = 'data/cvusa'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
