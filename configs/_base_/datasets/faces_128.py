# Faces in pairs of one person with another expression or pose, 68 landmarks as pictures of dots; people for
# tests are in no training picture.
_base_ = '../loaders.py'
flip_pairs = [
    *((i, 16 - i) for i in range(8)), *((17 + i, 26 - i) for i in range(5)), (31, 35), (32, 34), (36, 45),
    (37, 44), (38, 43), (39, 42), (40, 47), (41, 46), (48, 54), (49, 53), (50, 52), (55, 59), (56, 58),
    (60, 64), (61, 63), (65, 67)]
faces = dict(type='KeypointPairs', data_root='data/faces', size=(128, 128), guide='dots',
             joints=tuple(map(str, range(68))), skeleton=[])
pack = [dict(type='PackTensors', keys=['source_image', 'target_image', 'source_guide', 'target_guide'])]
train_dataloader = dict(
    num_workers=1, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(image_dir='train', keypoints='keypoints_train.json', pairs='pairs_train.csv', **faces,
                 pipeline=[dict(type='RandomMirrorPerson', flip_pairs=flip_pairs), *pack]))
val_dataloader = dict(batch_size=8, num_workers=1, dataset=dict(
    image_dir='test', keypoints='keypoints_test.json', pairs='pairs_test.csv', **faces, pipeline=pack))
test_dataloader = val_dataloader
