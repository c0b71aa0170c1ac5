# SelectionGAN++: multi-scale channel selection
_base_ = './selectiongan_sva-256.py'
model = dict(generator=dict(head=dict(channel_selection=True)))
