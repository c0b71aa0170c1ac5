"""Pictures: sheets of samples during training and test, and the generated images themselves."""
from __future__ import annotations

import json
from pathlib import Path

from mmengine.dist import is_main_process, master_only
from mmengine.hooks import Hook
from mmengine.runner import Runner

from ggtoolbox.engine.sheets import dataset_palette, picture, sheet, write_film, write_image
from ggtoolbox.errors import InputError
from ggtoolbox.registry import HOOKS


@HOOKS.register_module()
class SampleSheetHook(Hook):
    """Writes a sheet of samples (label | real | generated) after each validation.

    The sheets go to ``<work_dir>/samples/iter_<n>.png`` and to the runner's visualizer. In test they
    go to ``out_dir``, if that is given.

    Args:
        number: rows of a sheet, taken from the first validation samples.
        columns: fields, by the vocabulary's names or the generator's outputs.
        out_dir: where the sheets of a test go, ``number`` samples to a sheet; None writes none.
        film: number of a row that is shown over the training, too: ``<work_dir>/samples/film.gif``, a frame
            a validation; None for none. A training that is resumed goes on with the frames that lie there, as
            far as they have the newest one's size.
    """

    priority = 'LOW'

    def __init__(self, number: int = 8, out_dir: str | None = None,
                 columns: tuple[str, ...] = ('source_image', 'source_guide', 'label', 'target_guide',
                                             'target_image', 'image', 'target_motion', 'motion'),
                 film: int | None = 0) -> None:
        if film is not None and not 0 <= film < max(number, 1):
            raise InputError(f'SampleSheetHook: film must be a row from 0 to {number - 1}, found {film!r}')
        self.number, self.out_dir, self.columns, self.film = number, out_dir, tuple(columns), film
        self.pending: list[dict] = []
        self.sheets = 0

    def before_val_epoch(self, runner: Runner) -> None:
        self.pending = []

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                       outputs: list[dict] | None = None) -> None:
        if is_main_process() and len(self.pending) < self.number:
            self.pending += outputs[:self.number - len(self.pending)]

    def after_val_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        if not self.pending:
            return
        palette, folder = dataset_palette(runner.val_dataloader.dataset), Path(runner.work_dir) / 'samples'
        image = sheet(self.pending, self.columns, palette)
        write_image(folder / f'iter_{runner.iter:06d}.png', image)
        if self.film is not None and self.film < len(self.pending):
            frame = sheet([self.pending[self.film]], self.columns, palette)
            write_image(folder / 'film' / f'iter_{runner.iter:06d}.png', frame)
            write_film(folder / 'film.gif', sorted((folder / 'film').glob('iter_*.png')))
        runner.visualizer.add_image('samples', image, step=runner.iter)
        self.pending = []

    def before_test_epoch(self, runner: Runner) -> None:
        self.pending, self.sheets = [], 0

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                        outputs: list[dict] | None = None) -> None:
        if self.out_dir is None or not is_main_process():
            return
        self.pending += outputs
        while len(self.pending) >= self.number:
            self._write_test_sheet(runner)

    def after_test_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        if self.out_dir is not None and self.pending:
            self._write_test_sheet(runner)

    def _write_test_sheet(self, runner: Runner) -> None:
        rows, self.pending = self.pending[:self.number], self.pending[self.number:]
        image = sheet(rows, self.columns, dataset_palette(runner.test_dataloader.dataset))
        write_image(Path(self.out_dir) / f'sheet_{self.sheets:04d}.png', image)
        self.sheets += 1


@HOOKS.register_module()
class ImageWriterHook(Hook):
    """Writes every generated image of a test as ``<out_dir>/<name>.png``.

    Args:
        out_dir: folder; a sample's ``name`` may hold sub-folders, but may not leave it.
        key: the field to write; of samples without it, ``motion`` as skeletons.
    """

    def __init__(self, out_dir: str, key: str = 'image') -> None:
        self.out_dir, self.key = Path(out_dir), key

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                        outputs: list[dict] | None = None) -> None:
        for sample in outputs:
            path = (self.out_dir / f'{sample["name"]}.png').resolve()
            if not path.is_relative_to(self.out_dir.resolve()):
                raise InputError(f'sample name {sample["name"]!r} leaves the folder {self.out_dir}')
            key = self.key if self.key in sample else 'motion'
            write_image(path, picture(key, sample[key]))


@HOOKS.register_module()
class MetricFileHook(Hook):
    """Writes the metrics of a test to a JSON file.

    Args:
        path: the file.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    @master_only
    def after_test_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = dict(metrics=metrics, images=len(runner.test_dataloader.dataset),
                       checkpoint=runner._load_from, config=runner.cfg.filename)
        self.path.write_text(json.dumps(content, indent=2) + '\n')
