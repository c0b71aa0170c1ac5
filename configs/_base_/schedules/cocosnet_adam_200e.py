_base_ = './ttur_adam_200e.py'
# GauGAN's rates; epsilon is 1e-3 for what generates, so that small gradients make small steps.
optim_wrapper = dict(generator=dict(optimizer=dict(eps=1e-3)))
