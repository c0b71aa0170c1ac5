# As GauGAN's small config, whose budget and weights' scale it shares; styles come from another picture.
_base_ = '../gaugan/gaugan_vae_toyworld-64.py'
model = dict(
    generator=dict(
        _delete_=True, type='CCFPSEGenerator', num_classes=17, edge=True, image_size=(64, 64),
        num_upsamplings=5, channels=8, hidden_channels=32, latent_dim=64),
    discriminator=dict(
        _delete_=True, type='FeaturePyramidDiscriminator', channels=24),
    losses=dict(feature_matching=dict(weight=20.0, average='features')))
