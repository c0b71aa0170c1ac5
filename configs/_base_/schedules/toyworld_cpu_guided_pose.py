_base_ = './toyworld_cpu_guided.py'
# As toyworld_cpu_guided.py, for a generator and two discriminators.
judging = dict(optimizer=dict(type='Adam', lr=2e-4, betas=(0.5, 0.99), fused=True))
optim_wrapper = dict(
    _delete_=True,
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=2e-3, betas=(0.5, 0.99), fused=True)),
    appearance_discriminator=judging, shape_discriminator=judging)
