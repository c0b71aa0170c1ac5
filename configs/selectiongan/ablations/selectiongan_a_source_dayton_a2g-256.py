# Table 5.1, A: Pix2pix's structure from the source image alone. (The table's rows were trained on a third of
# Dayton: 18,334 and 7,017 strips.) Tested as SelectionGAN is.
_base_ = ['../../_base_/models/pix2pix.py', '../../_base_/datasets/strips/dayton_a2g_256.py',
          '../../_base_/schedules/pix2pix_adam_20_15e.py']
model = dict(
    generator=dict(source_channels=3),
    options=dict(norm_at_test='running', dropout_at_test=False))
