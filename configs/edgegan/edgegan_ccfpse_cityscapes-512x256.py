# Thesis, "Generalization of EdgeGAN": the encoder is CC-FPSE's, the rest unchanged.
_base_ = './edgegan_cityscapes-512x256.py'
model = dict(generator=dict(encoder=dict(type='CCFPSEGenerator')))
