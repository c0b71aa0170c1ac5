# Strips as the released guided variants of GauGAN and pix2pixHD read them: resized to 256 x 256, never
# cropped, flipped in training.
_base_ = '../strips/_base_256.py'
load = [dict(type='ResizeAndCrop', mode='fixed', crop_size=256)]
pack = [dict(type='PackTensors', keys=['source_image', 'target_image', 'target_guide'])]
train_dataloader = dict(drop_last=True, dataset=dict(pipeline=[*load, dict(type='RandomMirror'), *pack]))
val_dataloader = dict(dataset=dict(pipeline=[*load, *pack]))
test_dataloader = val_dataloader
