_base_ = './pose_transfer_small.py'
# Taught by pixels above all, so that the guide is followed.
model = dict(losses=dict(adversarial=dict(weight=0.5, discriminator_weight=0.5), pixel=dict(weight=50.0)))
