_base_ = ['../_base_/models/stargan_v2.py', '../_base_/datasets/domains_256.py',
          '../_base_/schedules/stargan_v2_adam.py']
train_dataloader = dict(dataset=dict(data_root='data/afhq'))
val_dataloader = dict(dataset=dict(data_root='data/afhq', target='cat'))
test_dataloader = val_dataloader
