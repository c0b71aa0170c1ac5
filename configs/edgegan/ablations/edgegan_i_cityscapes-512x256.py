# Table 6.16, EdgeGAN I: the whole model's intermediate image I', from before the semantic preserving module
_base_ = '../edgegan_cityscapes-512x256.py'
val_evaluator = [dict(type='PSNR', key='intermediate_image'), dict(type='SSIM', key='intermediate_image')]
test_evaluator = val_evaluator
