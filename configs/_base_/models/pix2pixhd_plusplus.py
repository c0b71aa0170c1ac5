# GauGAN's paper calls it pix2pixHD++, NVlabs/SPADE --netG pix2pixhd: the same networks trained as GauGAN is.
_base_ = './gaugan.py'
model = dict(
    type='Pix2pixHD',
    generator=dict(_delete_=True, type='Pix2pixHDGenerator', channels=64, num_downsamplings=4, num_blocks=9,
                   norm='instance', spectral=True),
    options=dict(reuse_fakes=False))
