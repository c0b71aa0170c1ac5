_base_ = './ttur_adam_200e.py'
# One rate for both players; 100 epochs at full rate, 100 of decay.
optimizer = dict(lr=2e-4, betas=(0.5, 0.999))
optim_wrapper = dict(generator=dict(optimizer=optimizer), discriminator=dict(optimizer=optimizer))
