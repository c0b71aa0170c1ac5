# Strips of six panels as LGGAN's released loader reads them: A | B | C | D | E | F, where E and F hold the
# six merged classes of C and D as the grey values 10, 20, .. 60; the rest as in ../strips/_base_256.py.
# Released: F is resized bicubically like a photograph, and pixels of no exact value have no class.
# Better: put LabelFromGrey in front of ResizeAndCrop, so that ids are resized (nearest).
_base_ = '../../loaders.py'
panels = ['source_image', 'target_image', None, 'target_guide', None, 'label_picture']
strips = dict(type='StripFolder', panels=panels)
pack = [dict(type='LabelFromGrey'), dict(type='PackTensors')]
train_dataloader = dict(
    batch_size=4, drop_last=False,
    dataset=dict(split='train', **strips, pipeline=[
        dict(type='ResizeAndCrop', load_size=286, crop_size=256, position='random_but_last'), *pack]))
val_dataloader = dict(
    dataset=dict(split='test', **strips, pipeline=[
        dict(type='ResizeAndCrop', load_size=286, crop_size=256, position='centre'), *pack]))
test_dataloader = val_dataloader
