# Strips of four panels as the released loaders read them: A | B | C | D = source, target, and the label map
# (or skeleton, or landmarks) of each; 286 x 286, of which 256 x 256 are cropped.
# Nobody reads C, so it is skipped: 'source_guide' in the place of None loads it.
# Papers: images are flipped; released commands: never (to flip add dict(type='RandomMirror')).
# Released test: a random crop too, so that no two tests are the same; ours: the crop in the middle.
_base_ = '../../loaders.py'
panels = ['source_image', 'target_image', None, 'target_guide']
train_dataloader = dict(
    batch_size=4, drop_last=False,
    dataset=dict(type='StripFolder', split='train', panels=panels, pipeline=[
        dict(type='ResizeAndCrop', load_size=286, crop_size=256, position='random_but_last'),
        dict(type='PackTensors')]))
val_dataloader = dict(
    dataset=dict(type='StripFolder', split='test', panels=panels, pipeline=[
        dict(type='ResizeAndCrop', load_size=286, crop_size=256, position='centre'),
        dict(type='PackTensors')]))
test_dataloader = val_dataloader
