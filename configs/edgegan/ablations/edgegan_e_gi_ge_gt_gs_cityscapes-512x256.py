# Table 6.15, E+Gi+Ge+Gt+Gs
_base_ = '../edgegan_cityscapes-512x256.py'
model = dict(generator=dict(edge_generator=True, edge_transfer=True, semantic_preserving=True))
