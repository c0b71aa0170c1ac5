# GestureGAN of two cycles, with the thesis' weights for hand gestures (section 2.4.3, tables 2.13 to 2.17).
_base_ = './gesturegan.py'
model = dict(
    cycles=2,
    losses=dict(colour=dict(weight=800.0), pixel=dict(weight=800.0), self_content=dict(weight=0.01),
                perceptual=dict(weight=1000.0)))
