# CelebAMask-HQ as DAGAN's archive holds it: 542 x 542, of which 512 x 512 are cropped; no instances.
_base_ = '../loaders.py'
folder = dict(type='LabelMapFolder', data_root='data/celeba', num_classes=19)
pack = [dict(type='PackTensors', keys=['target_image', 'label'])]
train_dataloader = dict(dataset=dict(
    image_dir='images/train_img', label_dir='labels/train_label', **folder, pipeline=[
        dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=542, crop_size=512),
        dict(type='RandomMirror'),
        *pack]))
val_dataloader = dict(dataset=dict(
    image_dir='images/test_img', label_dir='labels/test_label', **folder, pipeline=[
        dict(type='ResizeAndCrop', mode='fixed', crop_size=512), *pack]))
test_dataloader = val_dataloader
