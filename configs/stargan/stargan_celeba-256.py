_base_ = './stargan_celeba-128.py'
model = dict(discriminator=dict(image_size=(256, 256)))
pack = [
    dict(type='ResizeAndCrop', mode='crop', crop_size=178, position='centre'),
    dict(type='ResizeAndCrop', mode='fixed', crop_size=256, interpolation='bilinear'),
    dict(type='PackTensors', keys=['source_image', 'attributes'])]
train_dataloader = dict(dataset=dict(pipeline=[dict(type='RandomMirror'), *pack]))
val_dataloader = dict(dataset=dict(pipeline=pack))
test_dataloader = val_dataloader
