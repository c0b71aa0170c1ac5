_base_ = ['../_base_/models/wgan_gp.py', '../_base_/datasets/celeba_landmarks_128.py',
          '../_base_/schedules/wgan_gp_adam_50e.py']
