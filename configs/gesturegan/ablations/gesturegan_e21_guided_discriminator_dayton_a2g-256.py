# Table 2.9, E21: D with the discriminator that sees the guide, instead of the traditional one.
_base_ = '../gesturegan_dayton_a2g-256.py'
model = dict(
    discriminator=None,
    losses=dict(colour=None, self_content=None, perceptual=None, total_variation=None))
