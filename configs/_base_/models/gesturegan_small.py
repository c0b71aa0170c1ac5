_base_ = './gesturegan.py'
# One cycle, small enough for half an hour on a CPU core, without the perceptual loss, whose weights are a
# download. The generator is a U-Net that mixes the source in: so narrow a network of residual blocks neither
# keeps the source's background nor puts fingers where the guide's lines are.
model = dict(
    generator=dict(
        _delete_=True, type='UNetGenerator', source_channels=3, guide_channels=3, channels=16,
        num_downsamplings=5, norm='batch', dropout=0.0,
        head=dict(type='AttentionImageFusion', kernel_size=3)),
    discriminator=dict(channels=32, num_layers=3),
    guided_discriminator=dict(channels=32, num_layers=3),
    losses=dict(perceptual=None),
    options=dict(norm_at_test='running', init=dict(method='xavier', gain=1.0)))
