# Table 2.9, E3: D and the self-content preserving loss.
_base_ = '../gesturegan_dayton_a2g-256.py'
model = dict(
    guided_discriminator=None, losses=dict(colour=None, perceptual=None, total_variation=None))
