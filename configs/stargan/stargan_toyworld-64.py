# Small enough for a quarter of an hour on a CPU; so few iterations leave no time for five discriminator steps
# to one of the generator. The head, which the paper has not, mixes the source in where nothing should change.
_base_ = ['../_base_/models/stargan.py', '../_base_/datasets/toyworld_attributes_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(channels=16, num_blocks=3, upsampler=dict(type='BilinearUpsampler'),
                   head=dict(type='AttentionImageFusion')),
    discriminator=dict(image_size=(64, 64), channels=16, num_layers=5),
    options=dict(discriminator_steps=1))
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=1e-3)))
param_scheduler = dict(begin=1250, end=2501)
train_cfg = dict(max_iters=2500, val_interval=250)
default_hooks = dict(checkpoint=dict(interval=250))
train_dataloader = dict(batch_size=8)
