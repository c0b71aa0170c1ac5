# Table 5.1, D: C and the semantic-guided cycle, which makes the guide of the image; one stage, plain L1.
_base_ = '../selectiongan_dayton_a2g-256.py'
model = dict(
    generator=dict(num_stages=1, head=None),
    stage_weights=(1.0,),
    losses=dict(
        coarse_image=None, coarse_guide=None,
        image=dict(type='L1Loss', weight=100.0), guide=dict(type='L1Loss', weight=1.0),
        total_variation=None))
