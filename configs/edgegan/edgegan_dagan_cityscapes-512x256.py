# Any generator that takes a head can be the encoder (the thesis takes CC-FPSE's); here DAGAN's.
_base_ = './edgegan_cityscapes-512x256.py'
model = dict(generator=dict(encoder=dict(type='DAGANGenerator')))
