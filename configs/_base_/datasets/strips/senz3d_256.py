# Senz3D hand gestures: skeletons as guides.
_base_ = './_base_256.py'
data_root = 'data/senz3d'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
