# Row "G1-L1" of the paper: the coarse stage alone, and the person weighs no more than what is behind it
_base_ = './pg2_g1_mask_loss_deepfashion-256.py'
model = dict(losses=dict(coarse_mask=None))
