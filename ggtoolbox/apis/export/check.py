"""Whether an exported model generates what PyTorch does, and in what time."""
from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from ggtoolbox.models.gans.base import BaseGAN

from .exporting import example_inputs, require_package

TOLERANCE = 1e-4  # of images in [-1, 1]: less than a hundredth of one of 255 levels
Run = Callable[[dict[str, Tensor]], dict[str, Tensor]]


class ExportCheck(NamedTuple):
    """One file beside the model it was made of.

    Attributes:
        file: its path.
        difference: the largest absolute one between its outputs and ``model.predict``'s.
        spread: standard deviation of the model's images or motion; of flat ones a difference says little.
        megabytes: of the file and what lies beside it.
        seconds, pytorch_seconds: for one image with one thread, when least disturbed.
    """

    file: Path
    difference: float
    spread: float
    megabytes: float
    seconds: float
    pytorch_seconds: float


def check_export(model: BaseGAN, files: Sequence[Path], batch_sizes: Sequence[int] = (1, 3),
                 size: tuple[int, int] | None = None, repeats: int = 5) -> list[ExportCheck]:
    """Run exported files and the model they were made of on the same noise.

    Args:
        model: as it was exported.
        batch_sizes: all of them are compared.
        size: (height, width) of the noise, instead of the data's own.
        repeats: of one image, of which the fastest counts.
    """
    def pytorch(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        samples = model.predict(batch)
        return {name: torch.stack([sample[name] for sample in samples]) for name in samples[0]}

    batches = [example_inputs(model, count, size, seed=count) for count in batch_sizes]
    expected = [pytorch(batch) for batch in batches]
    last = expected[-1]
    spread = (last['image'] if 'image' in last else last['motion']).std().item()
    one = example_inputs(model, 1, size)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        checks = []
        for file in files:
            run = load_exported(file)
            difference = max((value - right[name]).abs().max().item()
                             for batch, right in zip(batches, expected) for name, value in run(batch).items())
            megabytes = sum(part.stat().st_size for part in file.parent.glob(f'{file.name}*')) / 1e6
            checks.append(ExportCheck(file, difference, spread, megabytes, _least_seconds(run, one, repeats),
                                      _least_seconds(pytorch, one, repeats)))
        return checks
    finally:
        torch.set_num_threads(threads)


def load_exported(file: str | Path) -> Run:
    """A function from inputs to outputs, both by name, on the CPU with one thread."""
    if Path(file).suffix == '.pt2':
        program = torch.export.load(file).module()

        def run(batch: dict[str, Tensor]) -> dict[str, Tensor]:
            with torch.no_grad():
                return program(**batch)
        return run
    require_package('onnxruntime')
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), options, providers=['CPUExecutionProvider'])
    names = [output.name for output in session.get_outputs()]

    def run(batch: dict[str, Tensor]) -> dict[str, Tensor]:
        found = session.run(names, {name: tensor.numpy() for name, tensor in batch.items()})
        return {name: torch.from_numpy(value) for name, value in zip(names, found)}
    return run


def _least_seconds(run: Run, batch: dict[str, Tensor], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run(batch)
        times.append(time.perf_counter() - start)
    return min(times)


def format_checks(rows: Sequence[tuple[str, ExportCheck]]) -> str:
    """A Markdown table: name, file and figures."""
    lines = ['| model | file | max abs difference | std of image | MB | ms | PyTorch ms |',
             '|---|---|---:|---:|---:|---:|---:|']
    lines += [f'| {name} | {check.file.suffix[1:]} | {check.difference:.1e} | {check.spread:.2f} | '
              f'{check.megabytes:.1f} | {1e3 * check.seconds:.1f} | {1e3 * check.pytorch_seconds:.1f} |'
              for name, check in rows]
    return '\n'.join(lines)
