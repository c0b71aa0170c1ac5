# The photographs that scikit-image's wheel holds, or any folder of yours; first run
#   python tools/dataset_converters/photos_to_layout.py --skimage --out data/photos --instances
_base_ = ['../_base_/models/gaugan.py', '../_base_/datasets/photos_64.py',
          '../_base_/schedules/toyworld_cpu.py']
model = dict(
    generator=dict(num_classes=12, edge=True, image_size=(64, 64), num_upsamplings=5, channels=8,
                   norm_hidden_channels=32, upsampler=dict(type='SAU')),
    discriminator=dict(discriminator=dict(channels=32, num_layers=3)),
    losses=dict(perceptual=None),
    options=dict(reuse_fakes=True, init=dict(method='xavier', gain=1.0)))
