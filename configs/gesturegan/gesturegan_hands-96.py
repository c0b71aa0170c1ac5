# Real hands change their sign: gesturegan_toyworld-64.py's networks and schedule, for half an hour on a CPU
# core.
_base_ = ['../_base_/models/gesturegan.py', '../_base_/datasets/hands_96.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
model = dict(
    generator=dict(
        _delete_=True, type='UNetGenerator', source_channels=3, guide_channels=3, channels=16,
        num_downsamplings=5, norm='batch', dropout=0.0,
        head=dict(type='AttentionImageFusion', kernel_size=3)),
    discriminator=dict(channels=32, num_layers=3),
    guided_discriminator=dict(channels=32, num_layers=3),
    losses=dict(perceptual=None),
    options=dict(norm_at_test='running', init=dict(method='xavier', gain=1.0)))
train_dataloader = dict(batch_size=8)
val_dataloader = dict(dataset=dict(indices=256))  # of 2342
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=2500, end=2700,
                     terms=('adversarial', 'cycle', 'self_content'))]
