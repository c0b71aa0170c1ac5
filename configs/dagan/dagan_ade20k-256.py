_base_ = '../gaugan/gaugan_ade20k-256.py'
model = dict(generator=dict(type='DAGANGenerator'))
# on one GPU
train_dataloader = dict(batch_size=8)
