# With an encoder of styles: what the label leaves open (weather, hour, colours) comes from another picture,
# or is drawn. A lighter divergence than the paper's 0.05, with which so few iterations learn no styles.
_base_ = './gaugan_toyworld-64.py'
model = dict(
    generator=dict(latent_dim=64),
    encoder=dict(type='ConvEncoder', channels=16, image_size=64),
    losses=dict(kl=dict(type='KLLoss', weight=0.01)))
