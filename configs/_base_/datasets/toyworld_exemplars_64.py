# ToyWorld streets at 64 x 64, each mirrored or not, with another street, or with itself, as exemplar.
_base_ = '../loaders.py'
pack = [dict(type='PackTensors', keys=[
    'target_image', 'label', 'exemplar_image', 'exemplar_label', 'self_reference'])]
train_dataloader = dict(
    num_workers=2, sampler=dict(type='InfiniteSampler', shuffle=True), dataset=dict(
        type='ExemplarPairs', own_probability=0.5, pipeline=pack, dataset=dict(
            type='ToyWorldStreet', size=(64, 64), length=100000, seed=0,
            pipeline=[dict(type='RandomMirror')])))
val_dataloader = dict(
    batch_size=8, num_workers=1, dataset=dict(
        type='ExemplarPairs', own_probability=1.0, fixed=True, pipeline=pack,
        dataset=dict(type='ToyWorldStreet', size=(64, 64), length=64, seed=1)))
test_dataloader = val_dataloader
