# ADE20K's set-up. The network of the losses is CoCosNet's own vgg19_conv.pth:
#   python tools/model_converters/convert.py cocosnet vgg19_conv.pth vgg19_caffe.pth --part feature_network
model = dict(
    type='CoCosNet',
    generator=dict(type='CoCosNetGenerator', num_classes=151, channels=64),
    correspondence_network=dict(
        type='CorrespondenceNetwork', channels=64, adaptor_kernel_size=3, warped_layout='direct'),
    discriminator=dict(
        type='MultiScaleDiscriminator', num_scales=2,
        discriminator=dict(type='PatchDiscriminator', channels=64, num_layers=4, padding=1, attention=True)),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='hinge', weight=10.0, discriminator_weight=10.0),
        feature_matching=dict(type='FeatureMatchingLoss', weight=10.0),
        features=dict(
            type='ExemplarFeatureLoss', matching=1.0, perceptual=0.01, perceptual_layer='relu5_2',
            contextual=10.0,
            network=dict(type='VGG19', weights='vgg19_caffe.pth', layers=(
                'relu1_2', 'relu2_2', 'relu3_2', 'relu4_2', 'relu5_2'))),
        domain_alignment=dict(type='L1Loss', weight=10.0),
        label=dict(type='CorrespondingLabelLoss', weight=100.0)))
