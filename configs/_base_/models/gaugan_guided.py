# Steered by an RGB map of the target; the appearance comes from the source image, through the encoder.
_base_ = './gaugan.py'
model = dict(
    generator=dict(num_classes=0, guide_channels=3, image_size=(256, 256), num_upsamplings=5,
                   latent_dim=256),
    encoder=dict(type='ConvEncoder', channels=64),
    encoded_image='source_image',
    losses=dict(kl=dict(type='KLLoss', weight=0.05)))
