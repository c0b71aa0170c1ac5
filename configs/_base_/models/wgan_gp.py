# WGAN-GP in SCGAN's comparison (section 5.3): its blocks, its discriminator, its training, and a latent
# vector alone. What generator the authors took they do not say.
model = dict(
    type='WGANGP',
    generator=dict(
        type='SCGANGenerator', num_classes=0, num_attributes=0, latent_dim=512, latent_channels=512,
        image_size=(128, 128), channels=64, num_doublings=4),
    discriminator=dict(type='AttributeDiscriminator', channels=64, num_layers=6),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='wasserstein'),
        gradient_penalty=dict(type='GradientPenaltyLoss', weight=10.0)))
