# Dayton, ground to aerial: strips of their own, ground | aerial | ground map | aerial map.
_base_ = './_base_256.py'
data_root = 'data/dayton_g2a'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
