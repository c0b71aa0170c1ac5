_base_ = ['../_base_/models/stargan.py', '../_base_/datasets/celeba_128.py',
          '../_base_/schedules/stargan_adam.py']
