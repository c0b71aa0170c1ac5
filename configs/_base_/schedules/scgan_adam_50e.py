_base_ = './wgan_gp_adam_50e.py'
optim_wrapper = dict(segmentor=dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.999))))
