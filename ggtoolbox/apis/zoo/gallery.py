"""Every shipped model on the same inputs: a sheet a task, and the page that shows them."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from numpy.typing import NDArray

from ggtoolbox.engine.sheets import dataset_palette, sheet, write_image

from ..config import load_config
from ..inference import init_model
from ..judging.protocols import judged_protocol, use_protocol
from ..judging.tables import TITLES
from .models import find_model, list_models

GIVEN = ('source_image', 'source_guide', 'label', 'target_guide', 'target_image')
SHEETS = 'images/gallery'  # beside the page
INTRODUCTION = """\
# Gallery

Written by `python tools/analysis_tools/gallery.py`. Every model that the package ships, on the same scenes of
a world that none of them has seen: the first ones, not chosen. Columns before *target image* are what a model
is given, as far as it reads them; those behind it are the models'. Their figures:
[ToyWorld](results/toyworld.md); their training: [the zoo](../model_zoo.md).
"""


def shipped_models() -> list[str]:
    """Names of the models whose weights lie in the package."""
    return [name for name in list_models() if find_model(name).sha256 is not None]


def gallery_sheets(names: Sequence[str], images: int = 4) -> dict[str, NDArray[np.uint8]]:
    """Protocol of a task -> a sheet of the models for it, a row a scene.

    Args:
        names: of models that are judged on ToyWorld.
        images: scenes.
    """
    rows: dict[str, list[dict]] = {}
    palettes, columns = {}, {}
    for name in names:
        entry = find_model(name)
        cfg = load_config(entry.config)
        protocol = judged_protocol(cfg)
        use_protocol(cfg, protocol, images)
        cfg.test_dataloader.update(batch_size=images, num_workers=0, persistent_workers=False)
        model = init_model(cfg, entry.fetch_weights())
        with DefaultScope.overwrite_default_scope('ggtoolbox'):
            loader = Runner.build_dataloader(cfg.test_dataloader, seed=0)
        palettes[protocol] = dataset_palette(loader.dataset)
        torch.manual_seed(0)
        samples = model.test_step(next(iter(loader)))
        shown = rows.setdefault(protocol, [{} for _ in samples])
        for row, sample in zip(shown, samples):
            row.update({field: sample[field] for field in GIVEN if field in sample})
            row[short_name(name)] = sample['image']
        columns.setdefault(protocol, []).append(short_name(name))
    return {protocol: sheet(rows[protocol], (*GIVEN, *columns[protocol]), palettes[protocol])
            for protocol in sorted(rows, key=[*TITLES, *rows].index)}


def short_name(name: str) -> str:
    """Without data set and size, which all have in common."""
    return name.split('_toyworld', 1)[0]


def write_gallery(docs: Path, names: Sequence[str], images: int = 4) -> Path:
    """Write ``gallery.md`` and its sheets into ``docs``; returns the page's path."""
    lines = [INTRODUCTION]
    sheets = gallery_sheets(names, images)
    for old in (docs / SHEETS).parent.glob(f'{Path(SHEETS).name}_*.png'):
        old.unlink()
    for protocol, image in sheets.items():
        path = f'{SHEETS}_{protocol.removeprefix("toyworld_")}.png'
        write_image(docs / path, image)
        title = TITLES.get(protocol, protocol)
        lines.append(f'## {title}\n\n![{title}]({path})\n')
    page = docs / 'gallery.md'
    page.write_text('\n'.join(lines), encoding='utf-8')
    return page
