# Steered by an RGB map of the target alone. The released code trains a variational encoder of the source
# image beside it, whose latent this generator never reads; there is none here.
_base_ = './pix2pixhd_plusplus.py'
model = dict(
    generator=dict(guide_channels=3, spectral=False))
