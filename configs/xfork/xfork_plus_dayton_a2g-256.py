# X-Fork++ of the thesis: the ground's label map is read, too.
_base_ = './xfork_dayton_a2g-256.py'
model = dict(generator=dict(guide_channels=3))
