# A folder a domain, below train/ and test/: RaFD's eight expressions, or a user's own. The middle 256 x 256,
# resized to 128 x 128; batches of 16. In tests all faces are made to smile.
_base_ = '../loaders.py'
crops = [
    dict(type='ResizeAndCrop', mode='crop', crop_size=256, position='centre'),
    dict(type='ResizeAndCrop', mode='fixed', crop_size=128, interpolation='bilinear')]
pack = [dict(type='PackTensors', keys=['source_image', 'domain'])]
train_dataloader = dict(
    batch_size=16, sampler=dict(type='InfiniteSampler', shuffle=True), dataset=dict(
        type='DomainFolders', data_root='data/rafd', split='train',
        picture_pipeline=[dict(type='RandomMirror'), *crops], pipeline=pack))
val_dataloader = dict(batch_size=16, dataset=dict(
    type='DomainFolders', data_root='data/rafd', split='test', target='happy', picture_pipeline=crops,
    pipeline=pack))
test_dataloader = val_dataloader
