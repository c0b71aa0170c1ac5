# Table 2.9, D: C and the guided cycle. The table names no loss of y' in D, and rows below add some; but C,
# from which D comes, has Pix2pix's L1, and D's figures are too good for none. So: rows that name losses of y'
# have those, all others L1.
_base_ = '../gesturegan_dayton_a2g-256.py'
model = dict(
    guided_discriminator=None,
    losses=dict(colour=None, self_content=None, perceptual=None, total_variation=None))
