# One cycle, small enough for half an hour on a CPU core, without the perceptual loss, whose weights are a
# download. The generator is a U-Net that mixes the source in: so narrow a network of residual blocks neither
# keeps the source's background nor puts fingers where the guide's lines are.
_base_ = ['../_base_/models/gesturegan.py', '../_base_/datasets/toyworld_hand_64.py',
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
# What is to be kept of the source is learnt after the guide, too.
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=2500, end=2700,
                     terms=('adversarial', 'cycle', 'self_content'))]
