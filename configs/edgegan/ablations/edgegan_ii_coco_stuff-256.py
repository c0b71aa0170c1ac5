# Table 6.16, EdgeGAN II: its final image I'', from behind that module
_base_ = '../edgegan_coco_stuff-256.py'
val_evaluator = [dict(type='PSNR', key='image'), dict(type='SSIM', key='image')]
test_evaluator = val_evaluator
