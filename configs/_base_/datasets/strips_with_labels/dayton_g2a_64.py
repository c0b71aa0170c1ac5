# Dayton with label panels at 64 x 64, ground to aerial.
_base_ = './_base_64.py'
data_root = 'data/dayton_g2a_64_with_labels'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
