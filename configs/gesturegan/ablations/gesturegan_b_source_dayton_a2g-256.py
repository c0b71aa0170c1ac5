# Table 2.9, B: Pix2pix's structure, of the source image alone. The figures are those of table 5.1, A.
_base_ = '../../selectiongan/ablations/selectiongan_a_source_dayton_a2g-256.py'
