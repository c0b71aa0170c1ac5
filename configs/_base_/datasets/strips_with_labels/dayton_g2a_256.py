# Dayton with label panels, ground to aerial.
_base_ = './_base_256.py'
data_root = 'data/dayton_g2a_with_labels'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
