_base_ = ['../_base_/models/sketchycoco.py', '../_base_/datasets/sketchycoco_objects_64.py',
          '../_base_/schedules/sketchycoco_rmsprop_100e.py']
