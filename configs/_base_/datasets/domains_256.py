# A folder a domain, below train/ and val/, for StarGAN v2: all domains with equal chances, random boxes of
# half of the pictures, 256 x 256; batches of 8. The test of a domain translates the pictures of all others
# to it, ten times each.
_base_ = '../loaders.py'
pack = [dict(type='PackTensors', keys=[
    'source_image', 'source_domain', 'domain', 'exemplar_image', 'second_exemplar_image'])]
train_dataloader = dict(
    batch_size=8, sampler=dict(type='InfiniteSampler', shuffle=True), dataset=dict(
        type='DomainFolders', split='train', target='random', pipeline=pack,
        picture_pipeline=[dict(type='RandomResizedCrop', size=256), dict(type='RandomMirror')]))
val_dataloader = dict(batch_size=8, dataset=dict(
    type='DomainFolders', split='val', outputs=10,
    picture_pipeline=[dict(type='RandomResizedCrop', size=256, probability=0.0)],
    pipeline=[dict(type='PackTensors', keys=['source_image', 'source_domain', 'domain', 'exemplar_image'])]))
test_dataloader = val_dataloader
