# CelebA-HQ with CoCosNet's lists of exemplars: 19 classes, glasses by themselves; 286 x 286, of which 256 x
# 256 are cropped, image and exemplar each by itself; three of ten exemplars are the image itself.
_base_ = '../loaders.py'
pack = [dict(type='PackTensors', keys=[
    'target_image', 'label', 'mask', 'exemplar_image', 'exemplar_label', 'exemplar_mask', 'self_reference'])]
train_dataloader = dict(dataset=dict(
    type='ExemplarPairs', references='data/celebahq_ref.txt', pipeline=pack, dataset=dict(
        type='CelebAHQParts', data_root='data/CelebAMask-HQ', pipeline=[
            dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=286, crop_size=256),
            dict(type='RandomMirror')])))
val_dataloader = dict(dataset=dict(
    type='ExemplarPairs', references='data/celebahq_ref_test.txt', own_probability=0.0, fixed=True,
    pipeline=pack, dataset=dict(
        type='CelebAHQParts', data_root='data/CelebAMask-HQ',
        pipeline=[dict(type='ResizeAndCrop', mode='fixed', crop_size=256)])))
test_dataloader = val_dataloader
