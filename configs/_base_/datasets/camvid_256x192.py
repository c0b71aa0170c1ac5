# CamVid: 367 frames of drives for training, 101 for validation, 233 for tests; 11 classes, 255 = none.
# 480 x 360 become 288 x 216, of which 256 x 192 are cropped. Data: CC BY-NC 4.0, research only.
_base_ = '../loaders.py'
classes = ('sky', 'building', 'pole', 'road', 'pavement', 'tree', 'sign', 'fence', 'car', 'pedestrian',
           'bicyclist')
palette = [(128, 128, 128), (128, 0, 0), (192, 192, 128), (128, 64, 128), (60, 40, 222), (128, 128, 0),
           (192, 128, 128), (64, 64, 128), (64, 0, 128), (64, 64, 0), (0, 128, 192)]
folder = dict(type='LabelMapFolder', data_root='data/camvid', classes=classes, palette=palette)
pack = [dict(type='PackTensors', keys=['target_image', 'label'])]
fixed = [dict(type='ResizeAndCrop', mode='fixed', crop_size=(192, 256)), *pack]
train_dataloader = dict(
    num_workers=1, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(image_dir='train/images', label_dir='train/labels', **folder, pipeline=[
        dict(type='ResizeAndCrop', load_size=(216, 288), crop_size=(192, 256)),
        dict(type='RandomMirror'), *pack]))
val_dataloader = dict(num_workers=1, dataset=dict(
    image_dir='val/images', label_dir='val/labels', **folder, pipeline=fixed))
test_dataloader = dict(num_workers=1, dataset=dict(
    image_dir='test/images', label_dir='test/labels', **folder, pipeline=fixed))
