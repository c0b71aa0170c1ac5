# Dressed people in the street: 904 for training, 100 for validation, 59 classes (0 = none of them); 192 x 288
# become 180 x 288, of which 160 x 256 are cropped (sides that five doublings make).
_base_ = '../loaders.py'
classes = (
    'null', 'accessories', 'bag', 'belt', 'blazer', 'blouse', 'bodysuit', 'boots', 'bra', 'bracelet',
    'cape', 'cardigan', 'clogs', 'coat', 'dress', 'earrings', 'flats', 'glasses', 'gloves', 'hair',
    'hat', 'heels', 'hoodie', 'intimate', 'jacket', 'jeans', 'jumper', 'leggings', 'loafers', 'necklace',
    'panties', 'pants', 'pumps', 'purse', 'ring', 'romper', 'sandals', 'scarf', 'shirt', 'shoes',
    'shorts', 'skin', 'skirt', 'sneakers', 'socks', 'stockings', 'suit', 'sunglasses', 'sweater',
    'sweatshirt', 'swimwear', 't-shirt', 'tie', 'tights', 'top', 'vest', 'wallet', 'watch', 'wedges')
folder = dict(type='LabelMapFolder', data_root='data/clothing', classes=classes)
pack = [dict(type='PackTensors', keys=['target_image', 'label'])]
train_dataloader = dict(
    num_workers=1, sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(image_dir='train/images', label_dir='train/labels', **folder, pipeline=[
        dict(type='ResizeAndCrop', load_size=(288, 180), crop_size=(256, 160)),
        dict(type='RandomMirror'), *pack]))
val_dataloader = dict(num_workers=1, dataset=dict(
    image_dir='val/images', label_dir='val/labels', **folder, pipeline=[
        dict(type='ResizeAndCrop', mode='fixed', crop_size=(256, 160)), *pack]))
test_dataloader = val_dataloader
