# ToyWorld faces at 64 x 64, women and men as two domains; drawn on the fly, nothing to download.
_base_ = '../loaders.py'
pipeline = [dict(type='PackTensors', keys=[
    'source_image', 'source_domain', 'domain', 'exemplar_image', 'second_exemplar_image', 'target_image'])]
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(type='ToyWorldDomains', by='sex', size=(64, 64), length=100000, seed=0, pipeline=pipeline))
val_dataloader = dict(
    batch_size=8, num_workers=1,
    dataset=dict(type='ToyWorldDomains', by='sex', size=(64, 64), length=64, seed=1, pipeline=pipeline))
test_dataloader = val_dataloader
