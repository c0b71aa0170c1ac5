# The released settings: the losses of guides do not train the image generator; batches of 8, not mirrored.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/strips/radboud_landmarks_256.py',
          '../_base_/schedules/pix2pix_adam_2017_100_100e.py']
model = dict(guidance_gradient=False)
val_dataloader = dict(batch_size=1)
test_dataloader = dict(batch_size=1)
