# Figure 9, reversed-order G: the latent vector first, segmentation and attributes after two doublings.
_base_ = '../scgan_celeba-128.py'
model = dict(generator=dict(label_step=2, latent_channels=512))
