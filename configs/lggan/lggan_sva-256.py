_base_ = ['../_base_/models/lggan_cross_view.py', '../_base_/datasets/strips_with_labels/sva_256.py',
          '../_base_/schedules/pix2pix_adam_10_10e.py']
