"""Reader of golden cases: what a paper's released network computes, as numbers.

A case is ``NAME.json`` (what was run) beside ``NAME.npz`` (what came out). Weights and inputs are not
stored but drawn: each tensor from a NumPy ``RandomState`` seeded by the CRC-32 of ``'<seed>:<name>'``,
so that the same state dict can be rebuilt anywhere.
"""
from __future__ import annotations

import json
import zlib
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

POWER_ITERATIONS = 60
FORWARD_TOLERANCE, STEP_TOLERANCE = 1e-4, 5e-3
# What the notes of some one-step cases ask for instead, by the beginning of the output's name.
NOTED_TOLERANCES = {'step1_G_': 1e-5, 'step1_D_': 1e-4, 'sumsq.': 1e-4, '': 2e-3}
NOTE = 'compare step1_G_* to 1e-5, step1_D_* and sumsq to 1e-4'
GAP_KEYS = ('float64_gap', 'float32_vs_float64_error')


class NotCovered(Exception):
    """An adapter does not know how to run a case; the message says why."""


class Golden:
    """One case.

    Attributes:
        name: of the case; its beginning names the family.
        config: what was run, in the official code's own words.
        mode: ``'train'`` or ``'eval'``.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.meta = json.loads(self.path.with_suffix('.json').read_text())
        self.name: str = self.meta['name']
        self.config: dict = self.meta['config']
        self.mode: str = self.meta['mode']

    @cached_property
    def official_state(self) -> dict[str, Tensor]:
        """The drawn state dict by official names; to be copied from, not written to."""
        seed, gain = self.meta['seed'], self.meta['gain']
        state = {name: _draw_parameter(seed, gain, name, tuple(shape))
                 for name, shape in self.meta['state']}
        _settle_spectral_vectors(state, set(self.meta.get('transposed', ())))
        return {name: torch.from_numpy(np.asarray(value, order='C')) for name, value in state.items()}

    @cached_property
    def inputs(self) -> dict[str, Tensor]:
        return {spec['name']: torch.from_numpy(_draw_input(self.meta['seed'], spec))
                for spec in self.meta['inputs']}

    @cached_property
    def expected(self) -> dict[str, np.ndarray]:
        """Official results; large maps hold every n-th row and column only."""
        with np.load(self.path.with_suffix('.npz')) as file:
            return {name: file[name] for name in file.files}

    def error(self, output: str, value: Tensor | np.ndarray) -> float:
        """Largest absolute difference over the largest expected magnitude; infinite for other shapes."""
        found = np.asarray(value.detach().cpu().double() if isinstance(value, Tensor) else value)
        stride = self.meta.get('stride', {}).get(output, 1)
        if stride > 1 and found.ndim >= 2:
            found = found[..., ::stride, ::stride]
        expected = self.expected[output].astype(np.float64)
        if found.shape != expected.shape or not np.isfinite(found).all():
            return float('inf')
        scale = np.abs(expected).max(initial=0) or 1.0
        return float(np.abs(found - expected).max(initial=0) / scale)

    def tolerance(self, output: str) -> float:
        """1e-4 for values and losses, 5e-3 for gradients and all that follows an optimiser's step, or
        what the case's notes ask for; ten times the official network's own rounding where that is more.

        The rounding is how far the official float32 result lies from a float64 run.
        """
        if NOTE in self.meta['notes']:
            tolerance = next(value for start, value in NOTED_TOLERANCES.items()
                             if output.startswith(start))
        elif output.startswith(('grad', 'delta', 'sum', 'buffer', 'step2')):
            tolerance = STEP_TOLERANCE
        else:
            tolerance = FORWARD_TOLERANCE
        rounding = next((self.config[key] for key in GAP_KEYS if key in self.config), {})
        return max(tolerance, 10 * rounding.get(output, 0.0))


def _generator(seed: int, name: str) -> np.random.RandomState:
    return np.random.RandomState(zlib.crc32(f'{seed}:{name}'.encode()))


def _draw_parameter(seed: int, gain: float, name: str, shape: tuple[int, ...]) -> np.ndarray:
    random, leaf = _generator(seed, name), name.rpartition('.')[2]
    if leaf == 'num_batches_tracked':
        return np.zeros(shape, np.int64)
    if leaf == 'running_var':
        return (0.5 + random.uniform(size=shape)).astype(np.float32)
    scale, shift = 0.1, 0.0
    if leaf != 'running_mean':
        if len(shape) >= 2:
            scale = gain / np.sqrt(int(np.prod(shape[1:])))
        elif leaf == 'weight':
            shift = 1.0
    return np.asarray(shift + scale * random.standard_normal(shape), np.float32)


def _settle_spectral_vectors(state: dict[str, np.ndarray], transposed: set[str]) -> None:
    """Give spectrally normalised weights their leading singular vectors, by iteration from ones."""
    for name in [name for name in state if name.endswith('_orig')]:
        weight = state[name].astype(np.float64)
        matrix = np.moveaxis(weight, 1, 0) if name in transposed else weight
        matrix = matrix.reshape(len(matrix), -1)
        u = np.full(len(matrix), 1 / np.sqrt(len(matrix)))
        for _ in range(POWER_ITERATIONS):
            v = matrix.T @ u
            v = v / (np.linalg.norm(v) + 1e-12)
            u = matrix @ v
            u = u / (np.linalg.norm(u) + 1e-12)
        base = name.removesuffix('_orig')
        for vector, value in ((f'{base}_u', u), (f'{base}_v', v)):
            if vector in state:
                state[vector] = value.astype(np.float32)


def _draw_input(seed: int, spec: dict) -> np.ndarray:
    random, kind, shape = _generator(seed, f'input:{spec["name"]}'), spec['kind'], tuple(spec['shape'])
    if kind in ('labels', 'onehot'):
        return _draw_labels(random, spec, shape, as_channels=kind == 'onehot')
    if kind == 'heatmap':
        return _draw_heatmaps(random, shape, spec.get('sigma', 6.0))
    if kind == 'ints':
        return random.randint(0, spec['classes'], shape).astype(np.int64)
    drawn = {'normal': lambda: random.standard_normal(shape),
             'uniform': lambda: random.uniform(-1, 1, shape),
             'uniform01': lambda: random.uniform(0, 1, shape),
             'binary': lambda: random.randint(0, 2, shape)}[kind]()
    return drawn.astype(np.float32)


def _draw_labels(random: np.random.RandomState, spec: dict, shape: tuple[int, ...],
                 as_channels: bool) -> np.ndarray:
    classes, block = spec['classes'], spec.get('block', 8)
    height, width = shape[-2:]
    coarse = random.randint(0, classes, (shape[0], -(-height // block), -(-width // block)))
    labels = np.kron(coarse, np.ones((1, block, block), np.int64))[:, :height, :width].astype(np.int64)
    return np.eye(classes, dtype=np.float32)[labels].transpose(0, 3, 1, 2) if as_channels else labels


def _draw_heatmaps(random: np.random.RandomState, shape: tuple[int, ...], sigma: float) -> np.ndarray:
    """One Gaussian a channel; every fifth channel stays empty, as an unseen joint's does."""
    rows, columns = np.mgrid[:shape[2], :shape[3]]
    maps = np.zeros(shape, np.float32)
    for sample in range(shape[0]):
        for channel in range(shape[1]):
            y, x = random.uniform(0, shape[2]), random.uniform(0, shape[3])
            if channel % 5 != 4:
                squared = (rows - y) ** 2 + (columns - x) ** 2
                maps[sample, channel] = np.exp(-squared / (2 * sigma ** 2))
    return maps
