# What the released code trains: latent vector and attributes join together, the segmentor is wider, the
# penalty has a step of its own, one weight and the rates differ.
_base_ = './scgan_celeba-128.py'
model = dict(
    generator=dict(attribute_step=0, latent_channels=None),
    discriminator=dict(leaky_slope=0.01),
    segmentor=dict(channels=64, stem_kernel_size=7, last_kernel_size=7),
    losses=dict(classification=dict(weight=1.0)),
    options=dict(update_order=('discriminator', 'penalty', 'segmentor', 'generator')))
optim_wrapper = dict(
    generator=dict(optimizer=dict(lr=5e-5)), discriminator=dict(optimizer=dict(lr=5e-5)))
