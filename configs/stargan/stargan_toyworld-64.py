# Small enough for minutes on a CPU; so few iterations leave no time for five discriminator steps to one of
# the generator.
_base_ = ['../_base_/models/stargan.py', '../_base_/datasets/toyworld_attributes_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(channels=16, num_blocks=3),
    discriminator=dict(image_size=(64, 64), channels=16, num_layers=5),
    options=dict(discriminator_steps=1))
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=5e-4)))
train_dataloader = dict(batch_size=8)
