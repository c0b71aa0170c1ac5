# Features of layout and image need not agree (equation 8 left out)
_base_ = '../cocosnet_ade20k-256.py'
model = dict(losses=dict(domain_alignment=None))
