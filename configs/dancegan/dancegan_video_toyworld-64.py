# Small enough for minutes on a CPU, as pix2pixhd_toyworld-64.py is. In so short a training regularisations as
# heavy as the pixel loss, which push I_i as well, end in pictures that ignore the source image.
_base_ = ['../_base_/models/dancegan_video.py', '../_base_/datasets/toyworld_dance_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(channels=10, num_downsamplings=3, num_blocks=4),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(pixel=dict(weight=50.0), forward_regularisation=dict(weight=5.0),
                backward_regularisation=dict(weight=5.0)),
    detach_neighbours=True, detach_baseline=True,
    options=dict(init=dict(method='xavier', gain=1.0)))
train_dataloader = dict(batch_size=2)
