_base_ = ['../_base_/models/selectiongan.py', '../_base_/datasets/strips/ego2top_256.py',
          '../_base_/schedules/pix2pix_adam_5_5e.py']
