"""Styles that a test can draw from: pix2pixHD's clusters of instance features."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import DataLoader, Subset, default_collate

from ggtoolbox.datasets.placed import VALIDATION, placed_loader
from ggtoolbox.engine.wrapped import unwrapped
from ggtoolbox.registry import DATASETS, HOOKS


@HOOKS.register_module()
class FeatureClusterHook(Hook):
    """Calls ``cluster`` of the model on training data before each validation.

    So a validation never sees features of the images that it asks for, and a checkpoint holds the styles
    that the validation before it drew from. Before a test it is done only where the checkpoint holds none
    (converted weights). The paper clusters once, after training.

    Args:
        num_images: of the training data, evenly spaced; None is all of them.
    """

    priority = 'LOW'  # after an average of the weights has been put in place

    def __init__(self, num_images: int | None = None) -> None:
        self.num_images = num_images
        self.loader: DataLoader | None = None

    def before_val_epoch(self, runner: Runner) -> None:
        self._cluster(runner)

    def before_test_epoch(self, runner: Runner) -> None:
        if not unwrapped(runner.model).clusters.fitted:
            self._cluster(runner)

    def _cluster(self, runner: Runner) -> None:
        model = unwrapped(runner.model)
        model.cluster(model.data_preprocessor(batch, False) for batch in self._batches(runner))

    def _batches(self, runner: Runner) -> Iterator[dict]:
        if self.loader is None:
            cfg = runner.cfg.train_dataloader
            data = DATASETS.build(cfg.dataset)
            number = min(self.num_images or len(data), len(data))
            chosen = np.linspace(0, len(data) - 1, number).astype(int).tolist()
            loader = DataLoader(Subset(data, chosen), cfg.batch_size, num_workers=cfg.num_workers,
                                collate_fn=default_collate)
            self.loader = placed_loader(loader, runner.seed, VALIDATION)
        return iter(self.loader)
