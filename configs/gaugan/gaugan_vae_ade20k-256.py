_base_ = './gaugan_ade20k-256.py'
model = dict(
    generator=dict(latent_dim=256),
    encoder=dict(type='ConvEncoder', channels=64),
    losses=dict(kl=dict(type='KLLoss', weight=0.05)))
