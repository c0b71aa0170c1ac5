# Table 2.9, C: of source image and guide. The figures are those of table 5.1, C.
_base_ = '../../selectiongan/ablations/selectiongan_c_source_and_guide_dayton_a2g-256.py'
