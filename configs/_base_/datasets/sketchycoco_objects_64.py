# SketchyCOCO's objects, edges | photograph, 64 x 64 each, a folder a class; batches of 64. In tests the left
# half is the sketch.
_base_ = '../loaders.py'
resize = dict(type='ResizeAndCrop', mode='fixed', crop_size=64)
train_dataloader = dict(batch_size=64, dataset=dict(
    type='ClassStrips', data_root='data/sketchycoco_objects', split='train', pipeline=[
        resize, dict(type='PackTensors', keys=['target_image', 'target_guide', 'domain'])]))
val_dataloader = dict(batch_size=1, dataset=dict(
    type='ClassStrips', data_root='data/sketchycoco_objects', split='test', pipeline=[
        resize, dict(type='PackTensors', keys=['target_image', 'target_guide', 'source_guide', 'domain'])]))
test_dataloader = val_dataloader
