# X-Seq++ of the thesis: the ground's label map is read, too.
_base_ = './xseq_dayton_a2g-256.py'
model = dict(
    generator=dict(guide_channels=3), discriminator=dict(in_channels=3 + 3 + 3),
    guide_generator=dict(type='EncoderDecoderGenerator', source_channels=3, channels=64, num_downsamplings=8),
    guide_discriminator=dict(
        type='PatchDiscriminator', in_channels=3 + 3, channels=64, num_layers=4, padding=1, norm='batch',
        bias_before_norm=True, spectral=False))
