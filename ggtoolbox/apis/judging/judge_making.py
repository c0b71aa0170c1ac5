"""From a recipe to a judge that lies in the package."""
from __future__ import annotations

import platform
import time
from pathlib import Path

import torch

from ggtoolbox.evaluation.judge import FOLDER, save_judge
from ggtoolbox.evaluation.protocols import JUDGED_IMAGES, JUDGED_SEED
from ggtoolbox.models.backbones.judge import JudgeNetwork

from .judge_ranking import REAL, judge_images
from .judge_training import CHANNELS, WORLD_SEED, find_recipe, train_judge


def make_judge(name: str, iterations: int | None = None, seed: int = 0, folder: Path = FOLDER,
               images: int | None = None) -> Path:
    """Train a judge, measure it on real images of its protocol, and write weights and metafile.

    Args:
        name, iterations, seed: see :func:`~ggtoolbox.apis.judging.judge_training.train_judge`.
        folder: for both; that of the package makes it the judge that metrics find.
        images: that it is measured on; None for its protocol's.

    Returns:
        Path of the weights.
    """
    start = time.perf_counter()
    iterations = find_recipe(name).iterations if iterations is None else iterations
    network = train_judge(name, iterations, seed)
    return keep_judge(name, network, iterations, seed, time.perf_counter() - start, folder, images)


def keep_judge(name: str, network: JudgeNetwork, iterations: int, seed: int, seconds: float,
               folder: Path = FOLDER, images: int | None = None) -> Path:
    """Measure a trained judge as float16 has it, and write weights and metafile; see :func:`make_judge`."""
    recipe = find_recipe(name)
    values = judge_images(name, (REAL,), images, network.half().float())[REAL.name]
    entry = dict(
        Network=dict(num_classes=recipe.num_classes, num_joints=recipe.num_joints, channels=list(CHANNELS)),
        Training=dict(
            Data=f"{recipe.dataset['type']}, {'{} x {}'.format(*recipe.dataset['size'])}, world {WORLD_SEED}",
            Iterations=iterations, Seed=seed, Seconds=round(seconds),
            Command=f'python tools/train_judge.py {name} --iterations {iterations} --seed {seed}',
            Machine=f'{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}'),
        Accuracy={'Data': f'{images or JUDGED_IMAGES} real images of world {JUDGED_SEED}',
                  **{measure: round(value, 4) for measure, value in values.items()
                     if not measure.startswith(('FD_', 'Consistency'))}})
    return save_judge(name, network, entry, folder)
