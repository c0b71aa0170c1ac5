# Small enough for half an hour on a CPU core. G_r is a U-Net that mixes the source in: so narrow a network of
# residual blocks keeps neither the person's clothes nor the room. Four videos of two frames, not two of four:
# as many frames a step, of more persons. That frames agree with their neighbours is learnt after the poses.
_base_ = ['../_base_/models/dancegan_video.py', '../_base_/datasets/toyworld_dance_64.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
model = dict(
    generator=dict(
        _delete_=True, type='UNetGenerator', source_channels=3, guide_channels=3, channels=12,
        num_downsamplings=5, norm='batch', dropout=0.0,
        head=dict(type='AttentionImageFusion', kernel_size=3)),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(pixel=dict(weight=50.0), forward_regularisation=dict(weight=50.0),
                backward_regularisation=dict(weight=50.0)),
    options=dict(norm_at_test='running', init=dict(method='xavier', gain=1.0)))
train_dataloader = dict(batch_size=4, dataset=dict(frames=2))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=2300, end=2500,
                     terms=('adversarial', 'forward_regularisation', 'backward_regularisation'))]
