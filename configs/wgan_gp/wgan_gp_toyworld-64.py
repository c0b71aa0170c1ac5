# Small enough for minutes on a CPU, as scgan_toyworld-64.py is. PSNR and SSIM say nothing: its images are
# nobody's.
_base_ = ['../_base_/models/wgan_gp.py', '../_base_/datasets/toyworld_face_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(image_size=(64, 64), channels=16, latent_dim=64, latent_channels=128),
    discriminator=dict(channels=16, num_layers=5),
    options=dict(discriminator_steps=1))
optim_wrapper = dict(discriminator=dict(optimizer=dict(lr=1e-3)))
train_dataloader = dict(batch_size=8)
