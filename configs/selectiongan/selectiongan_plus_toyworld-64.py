# SelectionGAN++: multi-scale channel selection
_base_ = './selectiongan_toyworld-64.py'
model = dict(generator=dict(head=dict(channel_selection=True)))
