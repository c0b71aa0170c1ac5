# Table 3.5, row 5: discriminators that see images alone, or guides alone.
_base_ = './c2gan_i2i2i_g2i2g_g2r2g_radboud-256.py'
model = dict(
    cross_modal=False)
