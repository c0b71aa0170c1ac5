# Figure 8 (b), second part: the segmentor of scgan_segmentor_celeba-128.py is fixed.
_base_ = './scgan_without_segmentor_celeba-128.py'
model = dict(
    segmentor=dict(_delete_=True, type='Segmentor', channels=32, num_blocks=4),
    segmentor_weights='work_dirs/scgan_segmentor_celeba-128/epoch_50.pth',
    losses=dict(segmentation=dict(_delete_=True, type='SegmentationLoss', weight=1.0)))
