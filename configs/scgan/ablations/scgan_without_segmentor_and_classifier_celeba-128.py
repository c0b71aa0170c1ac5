# Figure 10, orange: without segmentor and without the classifier in the discriminator.
_base_ = './scgan_without_segmentor_celeba-128.py'
model = dict(discriminator=dict(num_attributes=0), losses=dict(classification=None))
