# "Pix2pix" of the cross-view tables: without the target's label map. 39.08 M and 2.77 M parameters.
_base_ = './pix2pix_plus_dayton_a2g-256.py'
model = dict(generator=dict(guide_channels=0))
