# Table 5.1, B: from the guide alone, which the discriminator then sees in the source image's place.
_base_ = './selectiongan_a_source_dayton_a2g-256.py'
model = dict(generator=dict(source_channels=0, guide_channels=3))
