# ACGAN with WGAN-GP's networks and training (SCGAN, section 5.3): attributes stand beside the latent vector.
_base_ = './wgan_gp.py'
model = dict(
    generator=dict(num_attributes=5, attribute_step=0),
    losses=dict(classification=dict(type='AttributeLoss', weight=5.0)))
