# Table 6.15, E+Gi
_base_ = '../edgegan_cityscapes-512x256.py'
model = dict(generator=dict(edge_generator=False, edge_transfer=False, semantic_preserving=False))
