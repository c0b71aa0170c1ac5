_base_ = './toyworld_cpu.py'
# As toyworld_cpu.py, for a generator and two discriminators.
optim_wrapper = dict(
    _delete_=True,
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.0, 0.9), fused=True)),
    appearance_discriminator=dict(optimizer=dict(type='Adam', lr=5e-5, betas=(0.0, 0.9), fused=True)),
    shape_discriminator=dict(optimizer=dict(type='Adam', lr=5e-5, betas=(0.0, 0.9), fused=True)))
