# Persons: 18 heat maps are the guides, pixels of the person count twice (PG2's mask loss); 90 epochs of all
# pairs in batches of 4. The paper mirrors them too, and takes guides from OpenPose while the images are still
# bad; nothing of persons was released.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/market1501_128x64.py',
          '../_base_/schedules/pix2pix_adam.py']
model = dict(
    generator=dict(guide_channels=18, num_downsamplings=6),
    guidance_generator=dict(num_downsamplings=6),
    losses=dict(mask=dict(type='L1Loss', weight=10.0)))
train_cfg = dict(max_epochs=90)
train_dataloader = dict(batch_size=4, dataset=dict(samples_per_epoch=None))
val_dataloader = dict(batch_size=1)
test_dataloader = dict(batch_size=1)
