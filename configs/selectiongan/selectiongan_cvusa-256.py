_base_ = ['../_base_/models/selectiongan.py', '../_base_/datasets/strips/cvusa_256.py',
          '../_base_/schedules/pix2pix_adam_15_15e.py']
