# As the paper writes it (equation 5.6): a map of uncertainty for each pixel loss, and no plain L1 beside.
_base_ = '../selectiongan_dayton_a2g-256.py'
model = dict(
    generator=dict(head=dict(uncertainty=4)),
    losses=dict(coarse_image=dict(plain=False), coarse_guide=dict(plain=False), image=dict(plain=False),
                guide=dict(plain=False)))
