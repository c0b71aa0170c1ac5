# DeepFashion's fashion synthesis subset: 78,979 pictures of 128 x 128 with parsing maps of 7 classes and a
# colour (needs h5py); batches of 16.
_base_ = '../loaders.py'
pack = [dict(type='PackTensors', keys=['target_image', 'label', 'attributes'])]
people = dict(type='FashionSynthesis', data_root='data/fashion_synthesis', size=(128, 128), pipeline=pack)
train_dataloader = dict(batch_size=16, dataset=dict(split='train', **people))
val_dataloader = dict(batch_size=16, dataset=dict(split='test', **people))
test_dataloader = val_dataloader
