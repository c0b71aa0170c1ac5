# Hands in pairs of two signs, 21 joints, as skeleton pictures; hands for tests are in no training picture. A
# mirrored hand is another hand, whose joints keep their names.
_base_ = '../loaders.py'
joints = ('wrist', *(f'{finger}{joint}' for finger in ('thumb', 'index', 'middle', 'ring', 'little')
                     for joint in range(1, 5)))
skeleton = [(0 if joint == 1 else 4 * finger + joint - 1, 4 * finger + joint)
            for finger in range(5) for joint in range(1, 5)]
hands = dict(type='KeypointPairs', data_root='data/hands', size=(96, 96), joints=joints, skeleton=skeleton)
pack = [dict(type='PackTensors', keys=['source_image', 'target_image', 'source_guide', 'target_guide'])]
train_dataloader = dict(
    num_workers=1, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(image_dir='train', keypoints='keypoints_train.json', pairs='pairs_train.csv', **hands,
                 pipeline=[dict(type='RandomMirrorPerson', flip_pairs=[]), *pack]))
val_dataloader = dict(batch_size=8, num_workers=1, dataset=dict(
    image_dir='test', keypoints='keypoints_test.json', pairs='pairs_test.csv', **hands, pipeline=pack))
test_dataloader = val_dataloader
