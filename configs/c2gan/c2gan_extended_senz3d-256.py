# The released extension: a perceptual loss of both images, the losses of guides train their generator alone;
# 10 epochs in batches of 12.
_base_ = ['../_base_/models/c2gan.py', '../_base_/datasets/strips/senz3d_both_guides_256.py',
          '../_base_/schedules/pix2pix_adam_2017_5_5e.py']
model = dict(
    guidance_gradient=False,
    losses=dict(perceptual=dict(
        type='PerceptualLoss', weight=10.0,
        network=dict(type='VGG19', weights='https://download.pytorch.org/models/vgg19-dcbb9e9d.pth'))))
train_dataloader = dict(batch_size=12)
val_dataloader = dict(batch_size=1)
test_dataloader = dict(batch_size=1)
