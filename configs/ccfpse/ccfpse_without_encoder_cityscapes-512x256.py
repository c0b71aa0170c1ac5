_base_ = './ccfpse_cityscapes-512x256.py'
model = dict(generator=dict(latent_dim=None), encoder=None, losses=dict(kl=None))
