# SCGAN's paper: networks of table 2, settings of algorithm 1.
_base_ = './wgan_gp.py'
model = dict(
    type='SCGAN',
    generator=dict(num_classes=7, num_attributes=5, attribute_step=2, latent_channels=64),
    segmentor=dict(type='Segmentor', channels=32, num_blocks=4),
    losses=dict(
        classification=dict(type='AttributeLoss', weight=5.0),
        segmentation=dict(type='SegmentationLoss', weight=1.0)))
