_base_ = './c2gan.py'
# Small enough for half an hour on a CPU core, and taught by pixels above all. The released head is the last
# transposed convolution itself, which leaves its grid in the picture.
model = dict(
    generator=dict(channels=12, dropout=0.0, head=dict(type='AttentionImageFusion', kernel_size=3)),
    guidance_generator=dict(channels=8, dropout=0.0),
    discriminator=dict(channels=32, num_layers=3),
    guidance_discriminator=dict(channels=32, num_layers=3),
    losses=dict(pixel=dict(weight=50.0)),
    options=dict(norm_at_test='running', dropout_at_test=False))
