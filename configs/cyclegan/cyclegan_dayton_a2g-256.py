# Aerial to ground and back: the baseline without pairs of GestureGAN's ablation on Dayton. The strips hold
# pairs, which no loss compares.
_base_ = ['../_base_/models/cyclegan.py', '../_base_/datasets/strips/dayton_a2g_256.py',
          '../_base_/schedules/pix2pix_adam_100_100e.py']
train_dataloader = dict(batch_size=1)
