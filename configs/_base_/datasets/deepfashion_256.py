# DeepFashion with parsing maps as DAGAN's archive holds it: 286 x 286, of which 256 x 256 are cropped; no
# instances.
_base_ = '../loaders.py'
folder = dict(type='LabelMapFolder', data_root='data/deepfashion', num_classes=20)
pack = [dict(type='PackTensors', keys=['target_image', 'label'])]
train_dataloader = dict(dataset=dict(
    image_dir='train_img', label_dir='train_label', **folder, pipeline=[
        dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=286, crop_size=256),
        dict(type='RandomMirror'),
        *pack]))
val_dataloader = dict(dataset=dict(
    image_dir='val_img', label_dir='val_label', **folder, pipeline=[
        dict(type='ResizeAndCrop', mode='fixed', crop_size=256), *pack]))
test_dataloader = val_dataloader
