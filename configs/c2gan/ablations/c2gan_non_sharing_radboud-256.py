# Table 3.5, row 6: four generators, 217.66 M parameters (paper: 217.6 M, twice those of sharing).
_base_ = './c2gan_i2i2i_g2i2g_g2r2g_radboud-256.py'
model = dict(shared_generators=False)
