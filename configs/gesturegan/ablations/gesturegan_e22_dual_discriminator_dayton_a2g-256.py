# Table 2.9, E22: D with both discriminators.
_base_ = '../gesturegan_dayton_a2g-256.py'
model = dict(losses=dict(colour=None, self_content=None, perceptual=None, total_variation=None))
