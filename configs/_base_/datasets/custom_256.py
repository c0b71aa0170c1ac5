# Your own folders of images and label maps: as many classes as the generator says (num_classes).
#   data_root/train/images/a.jpg  with  data_root/train/labels/a.png  (pixel = class id, 255 = none)
#   the same below data_root/val; instance maps: add instance_dir='train/instances' and InstanceEdge
_base_ = '../loaders.py'
data_root = 'data/custom'
folder = dict(type='LabelMapFolder', data_root=data_root)
pack = [dict(type='PackTensors', keys=['target_image', 'label'])]
train_dataloader = dict(dataset=dict(image_dir='train/images', label_dir='train/labels', **folder, pipeline=[
    dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=286, crop_size=256),
    dict(type='RandomMirror'),
    *pack]))
val_dataloader = dict(dataset=dict(image_dir='val/images', label_dir='val/labels', **folder, pipeline=[
    dict(type='ResizeAndCrop', mode='fixed', crop_size=256), *pack]))
test_dataloader = val_dataloader
