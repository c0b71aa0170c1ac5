# Faces of ToyWorld; the style is the real face's own. At higher rates, or from weights other than PyTorch's,
# this network of instance norms is slower to learn what is small.
_base_ = ['../_base_/models/maskgan.py', '../_base_/datasets/toyworld_face_64.py',
          '../_base_/schedules/toyworld_cpu_guided_short.py']
model = dict(
    generator=dict(num_classes=7, channels=16, num_downsamplings=2),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    blender=dict(channels=8, num_downsamplings=2, num_blocks=1),
    mask_vae=dict(channels=8, latent_dim=64, image_size=64),
    losses=dict(pixel=dict(type='L1Loss', weight=10.0), perceptual=None,
                mask_reconstruction=dict(type='SegmentationLoss'), mask_kl=dict(type='KLLoss', weight=1e-5)),
    options=dict(init=dict(method=None)))
optim_wrapper = dict(
    generator=dict(optimizer=dict(lr=5e-4)),
    blender=dict(optimizer=dict(type='Adam', lr=5e-4, betas=(0.5, 0.99), fused=True)),
    mask_vae=dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.9, 0.999), fused=True)))
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=800, end=900, terms=('adversarial', 'feature_matching'),
                     players=('discriminator', 'blender'))]
