# CelebA with segmentations from landmarks and five attributes, as SCGAN's archive holds it: the middle
# 178 x 178, resized to 128 x 128; batches of 16, no flips.
# Released split: shuffled without a seed; ours has one. Released label maps are resized bilinearly, ours by
# the nearest id.
_base_ = '../loaders.py'
pipeline = [
    dict(type='ResizeAndCrop', mode='crop', crop_size=178, position='centre'),
    dict(type='ResizeAndCrop', mode='fixed', crop_size=128, interpolation='bilinear'),
    dict(type='PackTensors', keys=['target_image', 'label', 'attributes'])]
faces = dict(type='CelebALandmarks', data_root='data/celeba_landmarks', pipeline=pipeline)
train_dataloader = dict(batch_size=16, dataset=dict(split='train', **faces))
val_dataloader = dict(batch_size=16, dataset=dict(split='test', **faces))
test_dataloader = val_dataloader
