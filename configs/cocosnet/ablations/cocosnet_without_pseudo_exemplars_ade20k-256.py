# The image itself is never its exemplar, and no features are matched (equation 5 left out)
_base_ = '../cocosnet_ade20k-256.py'
model = dict(losses=dict(features=dict(matching=0.0)))
train_dataloader = dict(dataset=dict(own_probability=0.0))
