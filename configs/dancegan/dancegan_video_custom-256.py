_base_ = ['../_base_/models/dancegan_video.py', '../_base_/datasets/dance_video_256.py',
          '../_base_/schedules/pix2pixhd_adam_200e.py']
