_base_ = ['../_base_/models/acwgan.py', '../_base_/datasets/celeba_landmarks_128.py',
          '../_base_/schedules/wgan_gp_adam_50e.py']
