# Semantic image synthesis as released: GauGAN's generator behind the shared encoder, its discriminator and
# its losses, each summed over the fused, the global and the local image.
_base_ = './gaugan.py'
model = dict(
    type='LGGAN',
    generator=dict(
        _delete_=True, type='LGGANGenerator', channels=64, num_blocks=9, fusion='convolution',
        global_generator=dict(type='SPADEGenerator', norm='batch', spectral=True)),
    losses=dict(
        class_pixel=dict(type='ClassL1Loss', weight=1.0),
        classification=dict(type='ClassificationLoss', weight=1.0)))
