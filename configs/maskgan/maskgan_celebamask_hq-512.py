_base_ = ['../_base_/models/maskgan.py', '../_base_/datasets/celebamask_hq_512.py',
          '../_base_/schedules/maskgan_adam_200e.py']
model = dict(
    generator=dict(num_classes=19),
    blender=dict(channels=32),
    mask_vae=dict(channels=32, latent_dim=1024, image_size=512),
    losses=dict(mask_reconstruction=dict(type='SegmentationLoss'),
                mask_kl=dict(type='KLLoss', weight=1e-5)))
optim_wrapper = dict(blender=_base_.adam, mask_vae=_base_.adam)
# Not mirrored: the ids of a face's sides would be wrong.
train_dataloader = dict(batch_size=1, dataset=dict(pipeline=[
    dict(type='ResizeAndCrop', mode='fixed', crop_size=512), *_base_.pack]))
