# Dayton with label panels, aerial to ground.
_base_ = './_base_256.py'
data_root = 'data/dayton_a2g_with_labels'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
