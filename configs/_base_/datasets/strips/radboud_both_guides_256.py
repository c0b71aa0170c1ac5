# Radboud Faces with the landmarks of both pictures, source first (BiGraphGAN's order).
_base_ = './radboud_256.py'
panels = ['source_image', 'target_image', 'source_guide', 'target_guide']
train_dataloader = dict(dataset=dict(panels=panels))
val_dataloader = dict(dataset=dict(panels=panels))
test_dataloader = val_dataloader
