# Table 2.9, E41: D and the perceptual loss.
_base_ = '../gesturegan_dayton_a2g-256.py'
model = dict(
    guided_discriminator=None, losses=dict(colour=None, self_content=None, total_variation=None))
