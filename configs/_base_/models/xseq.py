# X-Seq: a generator of images and one, like it, of label maps, each with a discriminator.
_base_ = './xfork.py'
model = dict(
    type='XSeq',
    generator=dict(head=None),
    losses=dict(guide_adversarial=dict(type='GANLoss', mode='vanilla', real_label=0.9)),
    feedback=0.1)
