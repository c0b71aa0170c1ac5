_base_ = ['../_base_/models/pix2pixhd_guided.py', '../_base_/datasets/strips_guided/sva_256.py',
          '../_base_/schedules/ttur_adam_20e.py']
train_dataloader = dict(batch_size=32)
