# As GauGAN's, whose budget it shares; without the encoder of styles, which few pictures cannot fill.
_base_ = '../gaugan/gaugan_camvid-256x192.py'
model = dict(
    generator=dict(
        _delete_=True, type='CCFPSEGenerator', num_classes=11, image_size=(192, 256), num_upsamplings=5,
        channels=8, hidden_channels=32),
    discriminator=dict(
        _delete_=True, type='FeaturePyramidDiscriminator', channels=24),
    losses=dict(feature_matching=dict(weight=20.0, average='features')))
