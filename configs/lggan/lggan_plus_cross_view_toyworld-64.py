# LGGAN++ (SAU wherever it upsamples) across views, small enough for half an hour on a CPU core.
_base_ = './lggan_cross_view_toyworld-64.py'
model = dict(generator=dict(
    channels=12, upsampler=dict(type='SAU'), global_generator=dict(channels=8)))
