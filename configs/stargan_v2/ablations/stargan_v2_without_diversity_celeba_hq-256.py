# Row E of the paper's table 1: styles, but nothing asks for different images of different styles (equation 3
# left out)
_base_ = '../stargan_v2_celeba_hq-256.py'
model = dict(losses=dict(diversity=None))
