_base_ = '../gaugan/gaugan_toyworld-64.py'
model = dict(generator=dict(type='PanopticGenerator', edge=False))
