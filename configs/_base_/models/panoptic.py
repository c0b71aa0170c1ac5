# GauGAN's settings; the instances take the place of its edge channel.
_base_ = './gaugan.py'
model = dict(generator=dict(type='PanopticGenerator'))
