# Dayton, aerial to ground: 55,000 / 21,048 strips.
_base_ = './_base_256.py'
data_root = 'data/dayton_a2g'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
