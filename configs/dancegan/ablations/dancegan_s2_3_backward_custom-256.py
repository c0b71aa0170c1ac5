# S2-3: with backward regularisation.
_base_ = '../dancegan_video_custom-256.py'
model = dict(losses=dict(forward_regularisation=None))
