# Table 2.9, E42: D, the perceptual and the total variation loss.
_base_ = '../gesturegan_dayton_a2g-256.py'
model = dict(guided_discriminator=None, losses=dict(colour=None, self_content=None))
