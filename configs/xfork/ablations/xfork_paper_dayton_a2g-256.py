# The paper where the released code differs: labels of 1, and biases that stay
_base_ = '../xfork_dayton_a2g-256.py'
model = dict(reset_biases=False, losses=dict(adversarial=dict(real_label=1.0)))
