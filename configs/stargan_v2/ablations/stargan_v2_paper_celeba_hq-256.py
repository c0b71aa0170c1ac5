# The paper where the released code differs: exemplars teach G, F and E, too, not G alone
_base_ = '../stargan_v2_celeba_hq-256.py'
model = dict(joint_reference=True)
