# S2-2: with forward regularisation.
_base_ = '../dancegan_video_custom-256.py'
model = dict(losses=dict(backward_regularisation=None))
