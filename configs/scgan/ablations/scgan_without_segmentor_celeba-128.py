# Figure 10, green: without segmentor.
_base_ = ['../../_base_/models/scgan.py', '../../_base_/datasets/celeba_landmarks_128.py',
          '../../_base_/schedules/wgan_gp_adam_50e.py']
model = dict(segmentor=None, losses=dict(segmentation=None))
