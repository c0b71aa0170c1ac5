_base_ = ['../_base_/models/gaugan_guided.py', '../_base_/datasets/strips_guided/sva_256.py',
          '../_base_/schedules/ttur_adam_20e.py']
train_dataloader = dict(batch_size=16)
