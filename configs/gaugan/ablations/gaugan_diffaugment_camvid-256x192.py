# For few images: everything before the discriminator is augmented (Zhao et al., NeurIPS 2020)
_base_ = '../gaugan_camvid-256x192.py'
model = dict(options=dict(diff_augment=('colour', 'translation', 'cutout')))
