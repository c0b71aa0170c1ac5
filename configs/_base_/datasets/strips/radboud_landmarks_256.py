# Radboud Faces as C2GAN stores it: neutral face | expression | landmarks of the expression | landmarks of the
# neutral face; 5,628 / 1,407 strips, 256 x 256 and nothing cropped, batches of 8, no flips.
_base_ = './_base_256.py'
data_root = 'data/radboud'
panels = ['source_image', 'target_image', 'target_guide', 'source_guide']
pipeline = [dict(type='ResizeAndCrop', mode='fixed', crop_size=256),
            dict(type='PackTensors', keys=['source_image', 'target_image', 'source_guide', 'target_guide'])]
train_dataloader = dict(batch_size=8, dataset=dict(data_root=data_root, panels=panels, pipeline=pipeline))
val_dataloader = dict(dataset=dict(data_root=data_root, panels=panels, pipeline=pipeline))
test_dataloader = val_dataloader
