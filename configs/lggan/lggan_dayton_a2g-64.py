_base_ = ['../_base_/models/lggan_cross_view.py', '../_base_/datasets/strips_with_labels/dayton_a2g_64.py',
          '../_base_/schedules/pix2pix_adam_50_50e.py']
