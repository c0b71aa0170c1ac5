_base_ = ['../_base_/models/xfork.py', '../_base_/datasets/strips/dayton_a2g_256.py',
          '../_base_/schedules/pix2pix_adam.py']
train_cfg = dict(max_epochs=35)
train_dataloader = dict(drop_last=True, dataset=dict(pipeline=[
    dict(type='ResizeAndCrop', load_size=286, crop_size=256), dict(type='RandomMirror'),
    dict(type='PackTensors')]))
