# For few images: everything before the discriminator is augmented (Zhao et al., NeurIPS 2020)
_base_ = '../gaugan_toyworld-64.py'
model = dict(options=dict(diff_augment=('colour', 'translation', 'cutout')))
