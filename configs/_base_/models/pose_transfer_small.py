_base_ = './pose_transfer.py'
# Small enough for minutes on a CPU: no perceptual loss, whose weights would be a download, no pool, no
# dropout, and larger initial weights than the papers', which need more iterations to grow.
model = dict(
    generator=dict(channels=16, num_blocks=3, dropout=0.0),
    appearance_discriminator=dict(channels=16, num_blocks=1),
    shape_discriminator=dict(channels=16, num_blocks=1),
    losses=dict(perceptual=None),
    pool_size=0,
    options=dict(init=dict(method='xavier', gain=1.0)))
