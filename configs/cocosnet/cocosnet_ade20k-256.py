_base_ = ['../_base_/models/cocosnet.py', '../_base_/datasets/ade20k_exemplars_256.py',
          '../_base_/schedules/cocosnet_adam_200e.py']
