# Market-1501's options. lambda_gan = 5, halved over the discriminators in the generator's objective and over
# real and fake in theirs.
model = dict(
    type='PoseTransferGAN',
    generator=dict(guide_channels=18, channels=64, num_blocks=9, norm='batch'),
    appearance_discriminator=dict(type='ResidualDiscriminator', channels=64, norm='batch'),
    shape_discriminator=dict(type='ResidualDiscriminator', channels=64, norm='batch'),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='vanilla', weight=5 / 2, discriminator_weight=5 / 2),
        pixel=dict(type='L1Loss', weight=10.0),
        perceptual=dict(
            type='PerceptualLoss', weight=10.0, layer_weights=(1.0,),
            network=dict(type='VGG19', layers=('relu1_2',), normalise=True,
                         weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth'))),
    pool_size=50)
