# SAU as in its paper's hosts (table 5) in the image path; the layout's pyramid keeps its nearest doubling.
_base_ = './ccfpse_ade20k-256.py'
model = dict(generator=dict(upsampler=dict(type='SAU')))
