# DeepFashion (In-shop) as Pose-Transfer lays it on disk: 101,966 / 8,570 pairs of 256 x 176. An epoch is 4000
# random pairs, as in the released training; batches of 12.
# Papers: heat maps (guide='heat_maps'). Released files and weights: one pixel a joint.
_base_ = '../loaders.py'
pack = [dict(type='PackTensors', keys=['source_image', 'target_image', 'source_guide', 'target_guide'])]
pairs = dict(type='PersonPairs', data_root='data/fashion_data', size=(256, 176), guide='single_pixels',
             pipeline=pack)
train_dataloader = dict(batch_size=12, dataset=dict(
    split='train', pairs='fasion-resize-pairs-train.csv', annotations='fasion-resize-annotation-train.csv',
    samples_per_epoch=4000, **pairs))
val_dataloader = dict(batch_size=12, dataset=dict(
    split='test', pairs='fasion-resize-pairs-test.csv', annotations='fasion-resize-annotation-test.csv',
    **pairs))
test_dataloader = val_dataloader
