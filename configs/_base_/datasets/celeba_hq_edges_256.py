# As celeba_hq_exemplars_256.py, with edges of 13 parts in place of classes.
_base_ = './celeba_hq_exemplars_256.py'
pack = [dict(type='PackTensors', keys=[
    'target_image', 'target_guide', 'exemplar_image', 'exemplar_guide', 'self_reference'])]
train_dataloader = dict(dataset=dict(pipeline=pack, dataset=dict(reads='parts', pipeline=[
    dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=286, crop_size=256),
    dict(type='RandomMirror'),
    dict(type='FacePartGuide')])))
val_dataloader = dict(dataset=dict(pipeline=pack, dataset=dict(reads='parts', pipeline=[
    dict(type='ResizeAndCrop', mode='fixed', crop_size=256),
    dict(type='FacePartGuide')])))
test_dataloader = val_dataloader
