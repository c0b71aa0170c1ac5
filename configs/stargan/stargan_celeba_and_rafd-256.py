# Joint training (section 3.3). Released: both data sets' turns in each iteration; here a batch of one of them
# is an iteration, so that there are twice as many. The generator's take turns, too.
_base_ = ['../_base_/models/stargan.py', '../_base_/datasets/celeba_and_rafd_256.py',
          '../_base_/schedules/stargan_adam.py']
model = dict(
    generator=dict(num_attributes=5, num_domains=8),
    discriminator=dict(image_size=(256, 256)),
    losses=dict(domain_classification=dict(type='DomainLoss', weight=1.0)))
param_scheduler = dict(begin=200000, end=400001)
train_cfg = dict(max_iters=400000, val_interval=20000)
default_hooks = dict(checkpoint=dict(interval=20000))
