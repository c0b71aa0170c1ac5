"""Every shipped model on the same inputs: a sheet a task, and the page that shows them."""
from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from numpy.typing import NDArray

from ggtoolbox.engine.sheets import dataset_palette, picture, sheet, write_image

from ..config import load_config
from ..inference import init_model
from ..judging.protocols import judged_protocol, task_of, use_protocol
from ..judging.tables import in_order, title_of
from ..places import zoo_root
from .models import find_model, list_models

GIVEN = ('source_image', 'source_guide', 'label', 'target_guide', 'target_image')
SHEETS = 'images/gallery'  # beside the page
# Where a model of photographs begins: they are not ours to show, so it has made its sources itself. The first
# pairs begin with each hand's fifth sign, for one sign after another.
MADE_HANDS = dict(data_root=str(zoo_root() / 'demo/hands'), image_dir='.', keypoints='keypoints.json',
                  pairs='pairs.csv')
HANDS_IN_TURN = 3  # of those pairs
INTRODUCTION = """\
# Gallery

Written by `python tools/analysis_tools/gallery.py`. Every model that the package ships, on the same scenes of
a world that none of them has seen: the first ones, not chosen. Columns before *target image* are what a model
is given, as far as it reads them; those behind it are the models'. Their figures:
[ToyWorld](results/toyworld.md), [real data](results/real_data.md); their training:
[the zoo](../model_zoo.md). Of photographed hands no photograph is shown: sources are what the model made of
photographs that it had not seen.
"""


def shipped_models() -> list[str]:
    """Names of the models whose weights lie in the package."""
    return [name for name in list_models() if find_model(name).sha256 is not None]


def gallery_sheets(names: Sequence[str], images: int = 4) -> dict[str, NDArray[np.uint8]]:
    """Task -> a sheet of the models for it, a row a scene.

    Args:
        names: of models of ToyWorld or of photographed hands.
        images: scenes.
    """
    rows: dict[str, list[dict]] = {}
    palettes, columns = {}, {}
    for name in names:
        drawn = draw(name, images)
        if 'image' not in drawn.samples[0]:  # skeletons, which move: docs/systems/dancegan.md shows them
            continue
        shown = rows.setdefault(drawn.task, [{} for _ in drawn.samples])
        for row, sample in zip(shown, drawn.samples):
            row.update({field: sample[field] for field in GIVEN if field in sample})
            row[short_name(name)] = sample['image']
        columns.setdefault(drawn.task, []).append(short_name(name))
        palettes[drawn.task] = drawn.palette
    return {task: sheet(rows[task], (*GIVEN, *columns[task]), palettes[task]) for task in in_order(rows)}


class Drawn(NamedTuple):
    """What a model makes of the first scenes of its task's protocol: samples as ``test_step`` gives them."""

    task: str
    samples: list[dict]
    palette: NDArray[np.uint8] | None


def draw(name: str, images: int) -> Drawn:
    """The model ``name`` on so many scenes; what it draws by chance is the same in each call."""
    entry = find_model(name)
    cfg = load_config(entry.config)
    dataset = cfg.test_dataloader.dataset
    if dataset.type == 'KeypointPairs':
        task = 'hands'
        dataset.update(MADE_HANDS)
    else:
        protocol = judged_protocol(cfg)
        task = task_of(cfg, protocol)
        use_protocol(cfg, protocol)
        dataset = cfg.test_dataloader.dataset
        if 'outputs' in dataset:  # of one source in a row
            dataset.outputs = 1
    cfg.test_dataloader.update(batch_size=images, num_workers=0, persistent_workers=False)
    if cfg.model.get('encoder') and cfg.model.get('encoded_image', 'target_image') == 'target_image':
        cfg.model.encoded_image = None  # styles are drawn: the target's own would give its weather away
    model = init_model(cfg, entry.fetch_weights())
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        loader = Runner.build_dataloader(cfg.test_dataloader, seed=0)
    torch.manual_seed(0)
    samples = model.test_step(next(iter(loader)))
    if task == 'hands':
        for sample in samples:
            del sample['target_image']  # which is the model's own, too
    return Drawn(task, samples, dataset_palette(loader.dataset))


def overview(names: Sequence[Sequence[str]], images: int, columns: Sequence[str]) -> NDArray[np.uint8]:
    """A picture for a front page.

    Args:
        names: rows of models.
        images: scenes of each; models of a row that are the same share them out.
        columns: of each model's sheet.
    """
    lines = []
    for row in names:
        sheets = []
        for index, name in enumerate(row):
            before = row[:index].count(name) * images
            drawn = draw(name, before + images)
            sheets.append(sheet(drawn.samples[before:], tuple(columns), drawn.palette))
        lines.append(_beside(sheets, axis=1))
    return _beside(lines, axis=0)


def changing_hands(name: str, hands: int = HANDS_IN_TURN, signs: int = 9) -> NDArray[np.uint8]:
    """Hands of ``MADE_HANDS``, two lines each: the guides, and what becomes of the source, which is first."""
    samples = draw(name, HANDS_IN_TURN * signs).samples
    lines = []
    for hand in range(hands):
        of_hand = samples[hand::HANDS_IN_TURN]
        source = picture('source_image', of_hand[0]['source_image'])
        for first, field in ((np.full_like(source, 255), 'target_guide'), (source, 'image')):
            shown = [picture(field, sample[field]) for sample in of_hand]
            lines.append(np.concatenate([first, *shown], axis=1))
    return np.concatenate(lines)


def _beside(pictures: Sequence[NDArray[np.uint8]], axis: int, gap: int = 12) -> NDArray[np.uint8]:
    """Pictures along an axis, white between them and where one is smaller than the others."""
    side = max(shown.shape[1 - axis] for shown in pictures)
    padded = []
    for index, shown in enumerate(pictures):
        room = [(0, 0)] * 3
        room[1 - axis], room[axis] = (0, side - shown.shape[1 - axis]), (gap if index else 0, 0)
        padded.append(np.pad(shown, room, constant_values=255))
    return np.concatenate(padded, axis=axis)


def short_name(name: str) -> str:
    """Without data set and size, which all have in common."""
    return name.rsplit('_', 1)[0]


def write_gallery(docs: Path, names: Sequence[str], images: int = 4) -> Path:
    """Write ``gallery.md`` and its sheets into ``docs``; returns the page's path."""
    lines = [INTRODUCTION]
    sheets = gallery_sheets(names, images)
    for old in (docs / SHEETS).parent.glob(f'{Path(SHEETS).name}_*.png'):
        old.unlink()
    for task, image in sheets.items():
        name = re.sub(r'\W+', '_', task.removeprefix('toyworld_'))
        path = f'{SHEETS}_{name}.png'
        write_image(docs / path, image)
        title = title_of(task)
        lines.append(f'## {title}\n\n![{title}]({path})\n')
    page = docs / 'gallery.md'
    page.write_text('\n'.join(lines), encoding='utf-8')
    return page
