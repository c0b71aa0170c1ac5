_base_ = './pose_transfer.py'
# DeepFashion's options.
model = dict(
    generator=dict(norm='instance'),
    appearance_discriminator=dict(norm='instance'),
    shape_discriminator=dict(norm='instance'),
    losses=dict(adversarial=dict(mode='least_squares')),
    pool_size=0)
