# "Pix2pix++" of the cross-view tables: the encoder-decoder of X-Fork's Lua code, fed with source image and
# target's label map; the discriminator sees the source image alone. Released code: batches of one, which its
# innermost batch norm erases, mirrored; here the data sets' own batches and crops, not mirrored.
model = dict(
    type='Pix2pix',
    generator=dict(type='EncoderDecoderGenerator', source_channels=3, guide_channels=3, channels=64,
                   num_downsamplings=8),
    discriminator=dict(
        type='PatchDiscriminator', channels=64, num_layers=4, padding=1, norm='batch',
        bias_before_norm=True, spectral=False),
    condition=('source_image',),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='vanilla', real_label=0.9),
        pixel=dict(type='L1Loss', weight=100.0)),
    # batch norm of the innermost grid, a single pixel, would erase a batch of one
    options=dict(norm_at_test='running'))
