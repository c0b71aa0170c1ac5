_base_ = './gaugan.py'
# Small enough for minutes on two CPU cores: no perceptual loss, whose weights would be a download, fakes
# drawn once, and larger initial weights than the paper's gain of 0.02, which need more iterations to grow.
model = dict(
    generator=dict(num_classes=17, edge=True, image_size=(64, 64),
                   num_upsamplings=5, channels=8, norm_hidden_channels=32),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(perceptual=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
