# Table 2.9, A: CycleGAN, of the source image alone and without the pairs. (The table's rows were trained on a
# third of Dayton: 18,334 and 7,017 strips.)
_base_ = ['../../_base_/models/cyclegan.py', '../../_base_/datasets/strips/dayton_a2g_256.py',
          '../../_base_/schedules/pix2pix_adam_20_15e.py']
