# Row "G1-poseMaskLoss" of the paper: the coarse stage alone, and what it draws is judged
_base_ = '../pg2_deepfashion-256.py'
model = dict(coarse_iterations=80000)
val_evaluator = [dict(type='PSNR', key='coarse_image'), dict(type='SSIM', key='coarse_image')]
test_evaluator = val_evaluator
