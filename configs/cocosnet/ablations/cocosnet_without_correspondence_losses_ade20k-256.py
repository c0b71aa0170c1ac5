# What is warped is not held to anything (equation 9; in the code the loss of warped labels)
_base_ = '../cocosnet_ade20k-256.py'
model = dict(correspondence_network=dict(warped_layout=None), losses=dict(label=None))
