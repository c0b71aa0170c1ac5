# No label map of the exemplar is needed (released weights "without mask")
_base_ = '../cocosnet_ade20k-256.py'
model = dict(correspondence_network=dict(blind=True, warped_layout=None), losses=dict(label=None))
