# Women and men. The masks of the path past the small grid come from the face network, which
# model.mask_network=dict(type='FaceAlignment', weights='wing.pth') adds once it is converted; without it the
# path is not used.
_base_ = ['../_base_/models/stargan_v2.py', '../_base_/datasets/domains_256.py',
          '../_base_/schedules/stargan_v2_adam.py']
model = dict(
    generator=dict(high_pass=1.0), mapping_network=dict(num_domains=2),
    losses=dict(diversity=dict(weight=1.0)))
train_dataloader = dict(dataset=dict(data_root='data/celeba_hq'))
val_dataloader = dict(dataset=dict(data_root='data/celeba_hq', target='female'))
test_dataloader = val_dataloader
