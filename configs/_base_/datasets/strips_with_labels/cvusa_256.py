# CVUSA with label panels (the sample strips are JPEG, whose noise breaks many exact grey values).
_base_ = './_base_256.py'
data_root = 'data/cvusa_with_labels'
strips = dict(data_root=data_root, lossy_labels=True)
train_dataloader = dict(dataset=strips)
val_dataloader = dict(dataset=strips)
test_dataloader = val_dataloader
