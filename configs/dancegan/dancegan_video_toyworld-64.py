# Small enough for half an hour on a CPU core. G_r is a U-Net that mixes the source in: so narrow a network of
# residual blocks keeps neither the person's clothes nor the room. Both regularisations are least for a
# network that hands its source back, which this one became when they weighed as much as the pixels: they are
# light, move the neighbours' frames alone, and come late.
_base_ = ['../_base_/models/dancegan_video.py', '../_base_/datasets/toyworld_dance_64.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
model = dict(
    generator=dict(
        _delete_=True, type='UNetGenerator', source_channels=3, guide_channels=3, channels=20,
        num_downsamplings=4, norm='batch', dropout=0.0,
        head=dict(type='AttentionImageFusion', kernel_size=3)),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(pixel=dict(weight=50.0), forward_regularisation=dict(weight=5.0),
                backward_regularisation=dict(weight=5.0)),
    detach_neighbours=True, detach_baseline=True,
    options=dict(norm_at_test='running', init=dict(method='xavier', gain=1.0)))
train_dataloader = dict(batch_size=8, dataset=dict(frames=2))
param_scheduler = dict(begin=2000, end=4001)
# The discriminator sees the last 300 alone, each as long as five before.
train_cfg = dict(max_iters=3700, val_interval=400)
default_hooks = dict(checkpoint=dict(interval=400))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=3400, end=3600,
                     terms=('adversarial', 'forward_regularisation', 'backward_regularisation'))]
