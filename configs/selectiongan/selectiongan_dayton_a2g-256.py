_base_ = ['../_base_/models/selectiongan.py', '../_base_/datasets/strips/dayton_a2g_256.py',
          '../_base_/schedules/pix2pix_adam_20_15e.py']
