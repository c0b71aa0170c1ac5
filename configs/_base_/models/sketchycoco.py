# EdgeGAN of SketchyCOCO, 14 classes of 64 x 64.
drawing = dict(type='ClassLatentGenerator', channels=64)
critic = dict(
    type='DCGANDiscriminator', channels=64, num_layers=4, kernel_size=4, bias=False, norm='deviation')
model = dict(
    type='SketchyCOCO',
    generator=dict(drawing, num_classes=14, latent_dim=100),
    edge_generator=drawing,
    encoder=dict(type='EdgeEncoder'),
    classifier=dict(type='MaskedResidualClassifier', channels=64),
    joint_discriminator=dict(image_size=(64, 128), **critic),
    discriminator=dict(image_size=(128, 128), **critic),
    edge_discriminator=dict(image_size=(128, 128), **critic),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='wasserstein'),
        gradient_penalty=dict(type='GradientPenaltyLoss', weight=10.0),
        classification=dict(type='FocalDomainLoss', weight=1.0),
        image_class=dict(type='DomainLoss', weight=0.5),
        latent=dict(type='L1Loss', weight=10.0)))
