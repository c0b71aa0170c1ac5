# Table 5.1, C: from both; the discriminator sees the source image.
_base_ = './selectiongan_a_source_dayton_a2g-256.py'
model = dict(generator=dict(guide_channels=3), condition=('source_image',))
