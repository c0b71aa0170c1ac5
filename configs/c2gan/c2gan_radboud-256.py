# The paper's settings: batches of 16, mirrored, 200 epochs. At test batch norm takes the statistics of an
# image by itself, as released.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/strips/radboud_landmarks_256.py',
          '../_base_/schedules/pix2pix_adam_2017_100_100e.py']
train_dataloader = dict(batch_size=16, dataset=dict(pipeline=[
    dict(type='ResizeAndCrop', mode='fixed', crop_size=256), dict(type='RandomMirror'),
    dict(type='PackTensors')]))
val_dataloader = dict(batch_size=1)
test_dataloader = dict(batch_size=1)
