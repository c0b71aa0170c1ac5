_base_ = './toyworld_cpu.py'
# As toyworld_cpu.py, for a generator and the two discriminators of a dance.
optim_wrapper = dict(
    _delete_=True,
    constructor='PlayerOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.5, 0.99), fused=True)),
    local_discriminator=dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.99), fused=True)),
    global_discriminator=dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.99), fused=True)))
default_hooks = dict(checkpoint=dict(interval=200, save_best='BeatAlignment', rule='greater'))
