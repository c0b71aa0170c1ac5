_base_ = ['../_base_/models/pg2.py', '../_base_/datasets/market1501_128x64.py',
          '../_base_/schedules/pg2_adam.py']
discs = dict(guide='discs', mask='discs')
train_dataloader = dict(
    batch_size=16, sampler=dict(_delete_=True, type='InfiniteSampler', shuffle=True), dataset=discs)
val_dataloader = dict(batch_size=16, dataset=discs)
test_dataloader = val_dataloader
