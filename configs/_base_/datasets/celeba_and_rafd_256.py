# A batch of CelebA with its attributes, then one of RaFD's eight expressions, 256 x 256; batches of 16. In
# tests the hair of CelebA's faces becomes blond.
_base_ = '../loaders.py'
size = dict(type='ResizeAndCrop', mode='fixed', crop_size=256, interpolation='bilinear')
crop = [dict(type='ResizeAndCrop', mode='crop', crop_size=178, position='centre'), size]
batch_size = 16
train_dataloader = dict(
    batch_size=batch_size, sampler=dict(_delete_=True, type='InTurnSampler', batch_size=batch_size),
    dataset=dict(type='ConcatDataset', ignore_keys=['dataset_type', 'attributes', 'domains'], datasets=[
        dict(type='CelebA', data_root='data/celeba', split='train', pipeline=[
            dict(type='RandomMirror'), *crop, dict(type='PackTensors', keys=['source_image', 'attributes'])]),
        dict(type='DomainFolders', data_root='data/rafd', split='train', picture_pipeline=[
            dict(type='RandomMirror'),
            dict(type='ResizeAndCrop', mode='crop', crop_size=256, position='centre'), size],
            pipeline=[dict(type='PackTensors', keys=['source_image', 'domain'])])]))
val_dataloader = dict(batch_size=batch_size, dataset=dict(
    type='CelebA', data_root='data/celeba', split='test', change='Blond_Hair',
    pipeline=[*crop, dict(type='PackTensors', keys=['source_image', 'attributes'])]))
test_dataloader = val_dataloader
