# As for GauGAN: no perceptual loss (its weights are a download), fakes drawn once, larger initial weights.
_base_ = ['../_base_/models/edgegan.py', '../_base_/datasets/toyworld_street_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(num_classes=17, edge=True, encoder=dict(image_size=(64, 64), num_upsamplings=5,
                                channels=8, norm_hidden_channels=32)),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(perceptual=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
pipeline = [
    dict(type='InstanceEdge'),
    dict(type='CannyEdge'),
    dict(type='PackTensors', keys=['target_image', 'label', 'edge', 'target_edge'])]
train_dataloader = dict(dataset=dict(pipeline=pipeline))
val_dataloader = dict(dataset=dict(pipeline=pipeline))
test_dataloader = val_dataloader
default_hooks = dict(samples=dict(
    columns=('label', 'target_edge', 'edge_image', 'target_image', 'intermediate_image', 'image')))
