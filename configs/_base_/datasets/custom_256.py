# Your own folders of images and label maps: copy this file and change the next lines.
#   data_root/train/images/a.jpg  with  data_root/train/labels/a.png  (pixel = class id, 255 = none)
#   the same below data_root/val; instance maps: add instance_dir='train/instances' and InstanceEdge
data_root = 'data/custom'
num_classes = 13
folder = dict(type='LabelMapFolder', data_root=data_root, num_classes=num_classes)
pack = [dict(type='PackTensors', keys=['target_image', 'label'])]
train_pipeline = [
    dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=286, crop_size=256),
    dict(type='RandomMirror'),
    *pack]
test_pipeline = [dict(type='ResizeAndCrop', mode='fixed', crop_size=256), *pack]
train_dataloader = dict(
    batch_size=4,
    num_workers=4,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(image_dir='train/images', label_dir='train/labels', **folder, pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=4,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(image_dir='val/images', label_dir='val/labels', **folder, pipeline=test_pipeline))
test_dataloader = val_dataloader

val_evaluator = [dict(type='PSNR'), dict(type='SSIM')]
test_evaluator = val_evaluator
