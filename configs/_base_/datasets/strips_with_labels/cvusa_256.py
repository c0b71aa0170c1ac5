# CVUSA with label panels (the sample strips are JPEG, whose noise breaks many exact grey values).
_base_ = './_base_256.py'
data_root = 'data/cvusa_with_labels'
train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
