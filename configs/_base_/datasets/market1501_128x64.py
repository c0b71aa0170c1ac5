# Market-1501 as Pose-Transfer lays it on disk: 263,632 / 12,000 pairs of 128 x 64, heat maps computed from
# the key points. An epoch is 4000 random pairs, as in the released training; batches of 32.
_base_ = '../loaders.py'
pack = [dict(type='PackTensors', keys=[
    'source_image', 'target_image', 'source_guide', 'target_guide', 'mask'])]
pairs = dict(type='PersonPairs', data_root='data/market_data', size=(128, 64), mask=True, pipeline=pack)
train_dataloader = dict(batch_size=32, dataset=dict(
    split='train', pairs='market-pairs-train.csv', annotations='market-annotation-train.csv',
    samples_per_epoch=4000, **pairs))
val_dataloader = dict(batch_size=32, dataset=dict(
    split='test', pairs='market-pairs-test.csv', annotations='market-annotation-test.csv', **pairs))
test_dataloader = val_dataloader
