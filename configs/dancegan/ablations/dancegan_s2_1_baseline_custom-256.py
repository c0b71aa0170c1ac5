# S2-1: baseline generation alone.
_base_ = '../dancegan_video_custom-256.py'
model = dict(losses=dict(forward_regularisation=None, backward_regularisation=None))
