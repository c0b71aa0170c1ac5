# The data of MDVS as the thesis splits them: the last tenth of the videos of each kind is for testing. 5 s of
# music and dance are a sample; docs/data.md says how the files lie.
_base_ = '../loaders.py'
data_root = 'data/mdvs'
files = ['kpop.json', 'ballet.json', 'popping.json']
pipeline = [dict(type='PackTensors', keys=['audio', 'target_motion'])]
train_dataloader = dict(
    batch_size=16, dataset=dict(type='MusicDance', data_root=data_root,
        files=files, split='train', pipeline=pipeline))
val_dataloader = dict(
    dataset=dict(type='MusicDance', data_root=data_root, files=files, split='test', pipeline=pipeline))
test_dataloader = val_dataloader
val_evaluator = [dict(type='BeatAlignment')]
test_evaluator = val_evaluator
