# The dense mapping network without editing-behaviour simulated training.
_base_ = '../maskgan_celebamask_hq-512.py'
model = dict(blender=None, mask_vae=None, losses=dict(mask_reconstruction=None, mask_kl=None))
optim_wrapper = dict(
    _delete_=True, constructor='PlayerOptimWrapperConstructor', generator=_base_.adam,
    discriminator=_base_.adam)
