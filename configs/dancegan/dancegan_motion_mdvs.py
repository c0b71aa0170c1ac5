_base_ = ['../_base_/models/dancegan_motion.py', '../_base_/datasets/mdvs_music.py',
          '../_base_/schedules/mdvs_adam_400e.py']
