_base_ = ['../_base_/models/selectiongan.py', '../_base_/datasets/strips/senz3d_256.py',
          '../_base_/schedules/pix2pix_adam_10_10e.py']
