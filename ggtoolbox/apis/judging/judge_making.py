"""From a recipe to a judge that lies in the package."""
from __future__ import annotations

import platform
import time
from pathlib import Path

import torch

from ggtoolbox.evaluation.judge import FOLDER, local_folder, read_metafile, save_judge
from ggtoolbox.evaluation.protocols import JUDGED_IMAGES, JUDGED_SEED
from ggtoolbox.models.backbones.judge import JudgeNetwork
from ggtoolbox.writing import write_text

from .judge_ranking import COPIED, REAL, SHUFFLED, judge_images, judge_real_images
from .judge_recipes import find_recipe
from .judge_training import train_judge


def make_judge(name: str, iterations: int | None = None, seed: int = 0, folder: Path | None = None,
               images: int | None = None, data_root: str | None = None) -> Path:
    """Train a judge, measure it on real images of its protocol, and write weights and metafile.

    Args:
        name, iterations, seed: see :func:`~ggtoolbox.apis.judging.judge_training.train_judge`.
        folder: for both; None: where metrics look for it, which is in the package for judges of ToyWorld,
            and :func:`~ggtoolbox.evaluation.judge.local_folder` for those of real data.
        images: that it is measured on; None for its protocol's, or for all of a real set's.
        data_root: of real pictures; None for where the config looks for them.

    Returns:
        Path of the weights.
    """
    start = time.perf_counter()
    recipe = find_recipe(name)
    iterations = recipe.iterations if iterations is None else iterations
    folder = folder or (local_folder() if recipe.is_real else FOLDER)
    network = train_judge(name, iterations, seed, data_root)
    seconds = time.perf_counter() - start
    network = network.half().float()  # as it will be read
    if recipe.is_real:
        table = judge_real_images(name, network, images, data_root)
        measured = {'Data': f'{table.images} images of the test split', **_rounded(table.values[REAL.name])}
        floors = {case.name: _rounded(table.values[case.name]) for case in (SHUFFLED, COPIED)
                  if case.name in table.values}
    else:
        measured = {'Data': f'{images or JUDGED_IMAGES} real images of world {JUDGED_SEED}',
                    **_rounded(judge_images(name, (REAL,), images, network)[REAL.name])}
        floors = {}
    return keep_judge(name, network, iterations, seed, seconds, folder, measured, floors)


def keep_judge(name: str, network: JudgeNetwork, iterations: int, seed: int, seconds: float, folder: Path,
               accuracy: dict, floors: dict[str, dict]) -> Path:
    """Write weights and metafile, and of judges of real data ``floors.md``; see :func:`make_judge`.

    Args:
        accuracy: of real images.
        floors: name of what takes the place of generated images -> its values.
    """
    recipe = find_recipe(name)
    entry = dict(
        Network=recipe.network,
        Training=dict(
            Data=recipe.data, Iterations=iterations, Seed=seed, Seconds=round(seconds),
            Command=f'python tools/train_judge.py {name} --iterations {iterations} --seed {seed}'
                    f'{" --data-root DIR" if recipe.is_real else ""}',
            Machine=f'{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}'),
        Accuracy=accuracy, **(dict(Floors=floors) if floors else {}))
    path = save_judge(name, network, entry, folder)
    if floors:
        write_text(folder / 'floors.md', floors_table(folder))
    return path


def floors_table(folder: Path) -> str:
    """Floors and ceilings of the judges of a folder, a row a measure; empty where none has floors."""
    rows, names = [], []
    for name, entry in read_metafile(folder).items():
        floors = entry.get('Floors', {})
        names += [floor for floor in floors if floor not in names]
        rows += [(f'`{name}`', measure, entry['Accuracy']['Data'], floors, value)
                 for measure, value in entry['Accuracy'].items() if floors and measure != 'Data']
    if not rows:
        return ''
    lines = [('judge', 'measure', 'measured on', *names, 'real images'), ('---',) * (4 + len(names))]
    for judge, measure, data, floors, value in rows:
        cells = [floors.get(floor, {}).get(measure) for floor in names]
        lines.append((judge, f'`{measure}`', data, *('' if cell is None else f'{cell:.3f}' for cell in cells),
                      f'{value:.3f}'))
    return ''.join(f"| {' | '.join(line)} |\n" for line in lines)


def _rounded(values: dict[str, float]) -> dict[str, float]:
    """Of pairs of images; distances of sets are 0 for real ones."""
    return {measure: round(value, 4) for measure, value in values.items()
            if not measure.startswith(('FD_', 'Consistency'))}
