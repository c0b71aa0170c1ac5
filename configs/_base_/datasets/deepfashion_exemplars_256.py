# DeepFashion with CoCosNet's lists: in training the exemplar is another photograph of the person in the same
# clothes; 286 x 286, of which 256 x 256 are cropped; never mirrored.
_base_ = '../loaders.py'
pack = [dict(type='PackTensors', keys=[
    'target_image', 'target_guide', 'exemplar_image', 'exemplar_guide', 'self_reference'])]
train_dataloader = dict(dataset=dict(
    type='ExemplarPairs', references='data/deepfashion_ref.txt', own_probability=1.0, same_group=True,
    pipeline=pack, dataset=dict(type='FashionPoses', data_root='data/DeepFashion', pipeline=[
        dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=286, crop_size=256),
        dict(type='LimbGuide')])))
val_dataloader = dict(dataset=dict(
    type='ExemplarPairs', references='data/deepfashion_ref_test.txt', own_probability=0.0, fixed=True,
    pipeline=pack, dataset=dict(type='FashionPoses', data_root='data/DeepFashion', pipeline=[
        dict(type='ResizeAndCrop', mode='fixed', crop_size=256),
        dict(type='LimbGuide')])))
test_dataloader = val_dataloader
