# Real and generated images in pairs, with R1 and R2 (Huang et al., NeurIPS 2024), and GauGAN's other terms
_base_ = '../gaugan_cityscapes-512x256.py'
model = dict(losses=dict(adversarial=dict(type='RelativisticGANLoss', _delete_=True),
                         r1_r2=dict(type='R1Loss', weight=1.0)))
