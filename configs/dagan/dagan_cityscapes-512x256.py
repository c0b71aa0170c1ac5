# DAGAN is GauGAN with two attentions in its generator; losses and schedule are the same.
_base_ = '../gaugan/gaugan_cityscapes-512x256.py'
model = dict(generator=dict(type='DAGANGenerator'))
# on one GPU
train_dataloader = dict(batch_size=8)
