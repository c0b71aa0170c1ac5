# GauGAN's generator before the feature-pyramid semantics-embedding discriminator.
_base_ = '../ccfpse_cityscapes-512x256.py'
model = dict(generator=dict(type='SPADEGenerator'))
