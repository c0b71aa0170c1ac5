# AFHQ: three domains, no path past the small grid.
model = dict(
    type='StarGANv2',
    generator=dict(type='StarGANv2Generator', resolution=256),
    mapping_network=dict(type='MappingNetwork', num_domains=3, latent_dim=16),
    style_encoder=dict(type='StyleEncoder'),
    discriminator=dict(type='DomainDiscriminator'),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='vanilla'),
        r1=dict(type='R1Loss', weight=1.0),
        style=dict(type='L1Loss', weight=1.0),
        diversity=dict(type='L1Loss', weight=2.0),
        cycle=dict(type='L1Loss', weight=1.0)),
    diversity_iterations=100000)
