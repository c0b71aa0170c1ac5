# X-Seq++ of the thesis: the ground's label map is read, too.
_base_ = './xseq_dayton_a2g-256.py'
model = dict(
    generator=dict(guide_channels=3),
    guide_generator=dict(type='EncoderDecoderGenerator', source_channels=3, channels=64, num_downsamplings=8))
