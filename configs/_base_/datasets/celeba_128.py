# CelebA with five attributes as StarGAN reads it: the middle 178 x 178, resized to 128 x 128; batches of 16.
# In training images are translated to each other's attributes, in tests their hair becomes blond.
_base_ = '../loaders.py'
pack = [
    dict(type='ResizeAndCrop', mode='crop', crop_size=178, position='centre'),
    dict(type='ResizeAndCrop', mode='fixed', crop_size=128, interpolation='bilinear'),
    dict(type='PackTensors', keys=['source_image', 'attributes'])]
faces = dict(type='CelebA', data_root='data/celeba')
train_dataloader = dict(
    batch_size=16, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(split='train', pipeline=[dict(type='RandomMirror'), *pack], **faces))
val_dataloader = dict(batch_size=16, dataset=dict(split='test', change='Blond_Hair', pipeline=pack, **faces))
test_dataloader = val_dataloader
