_base_ = ['../_base_/models/lggan_cross_view.py', '../_base_/datasets/strips_with_labels/dayton_g2a_256.py',
          '../_base_/schedules/pix2pix_adam_20_15e.py']
