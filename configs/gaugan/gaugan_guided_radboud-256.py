_base_ = ['../_base_/models/gaugan_guided.py', '../_base_/datasets/strips_guided/radboud_256.py',
          '../_base_/schedules/ttur_adam_200e.py']
train_dataloader = dict(batch_size=16)
