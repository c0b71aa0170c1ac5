_base_ = ['../_base_/models/scgan.py', '../_base_/datasets/celeba_landmarks_128.py',
          '../_base_/schedules/scgan_adam_50e.py']
