# Figure 8 (b), first part: the segmentor alone, on real images. The other networks take no turn, and there is
# nothing to validate.
_base_ = '../scgan_celeba-128.py'
model = dict(options=dict(update_order=('segmentor',)))
val_dataloader = None
val_evaluator = None
val_cfg = None
