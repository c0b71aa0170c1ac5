_base_ = './ttur_adam_200e.py'
# EdgeGAN's thesis: beta2 = 0.999. It is silent on rates and epochs: GauGAN's.
optim_wrapper = dict(
    generator=dict(optimizer=dict(betas=(0.0, 0.999))),
    discriminator=dict(optimizer=dict(betas=(0.0, 0.999))))
