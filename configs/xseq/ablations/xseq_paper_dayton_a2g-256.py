# The paper where the released code differs: labels of 1, biases that stay, and for the first network all of
# the gradient that comes through the second one
_base_ = '../xseq_dayton_a2g-256.py'
model = dict(
    feedback=1.0, reset_biases=False,
    losses=dict(adversarial=dict(real_label=1.0), guide_adversarial=dict(real_label=1.0)))
