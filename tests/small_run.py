"""A user's config whose runs hold all that a resumed run must know, small enough for the tests."""
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CONFIG = f"""
_base_ = [f'{ROOT}/configs/_base_/{{name}}.py' for name in (
    'models/gaugan', 'datasets/custom_256', 'schedules/toyworld_cpu')]
folder = dict(num_classes=5, data_root=DATA_ROOT)
train_dataloader = dict(drop_last=True, dataset=dict(**folder, pipeline=[
    dict(type='ResizeAndCrop', mode='resize_and_crop', load_size=72, crop_size=64),
    dict(type='RandomMirror'), dict(type='PackTensors', keys=['target_image', 'label'])]))
val_dataloader = dict(batch_size=2, dataset=dict(**folder, pipeline=[
    dict(type='ResizeAndCrop', mode='fixed', crop_size=64),
    dict(type='PackTensors', keys=['target_image', 'label'])]))
test_dataloader = val_dataloader
model = dict(
    generator=dict(num_classes=5, image_size=(64, 64), num_upsamplings=5, channels=2, norm_hidden_channels=4,
                   latent_dim=4),
    encoder=dict(type='ConvEncoder', channels=2, latent_dim=4, image_size=64),
    discriminator=dict(in_channels=8, discriminator=dict(channels=2, num_layers=2)),
    losses=dict(perceptual=None, kl=dict(type='KLLoss', weight=0.01)),
    options=dict(diff_augment=('colour', 'translation', 'cutout')))
log_level = 'ERROR'
"""


def write_small_run(folder: Path, pairs: int = 16) -> Path:
    """Random crops and mirrored pictures; a VAE with batch norm, spectral norm, augmented
    images for its discriminator, and an average."""
    generator = np.random.default_rng(0)
    for split in ('train', 'val'):
        for kind in ('images', 'labels'):
            (folder / 'data' / split / kind).mkdir(parents=True)
        for number in range(pairs):
            label = np.kron(generator.integers(0, 5, (4, 4)), np.ones((16, 16))).astype(np.uint8)
            picture = generator.integers(0, 255, (64, 64, 3)).astype(np.uint8)
            for kind, array in (('images', picture), ('labels', label)):
                cv2.imwrite(str(folder / 'data' / split / kind / f'{number}.png'), array)
    path = folder / 'small_run.py'
    path.write_text(CONFIG.replace('DATA_ROOT', repr(str(folder / 'data'))))
    return path
