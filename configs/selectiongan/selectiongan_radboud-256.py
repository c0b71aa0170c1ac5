_base_ = ['../_base_/models/selectiongan.py', '../_base_/datasets/strips/radboud_256.py',
          '../_base_/schedules/pix2pix_adam_100_100e.py']
