"""Checkpoints made fit to be shipped: the networks that draw, and what one must know to use them."""
from __future__ import annotations

from pathlib import Path

import torch
from mmengine.config import Config
from torch import Tensor

from ggtoolbox.engine.hooks.model_state import checked_state
from ggtoolbox.errors import InputError
from ggtoolbox.fetching import file_sha256
from ggtoolbox.safe_load import load_tensors, save_safetensors
from ggtoolbox.version import __version__

from ..config import load_config
from ..inference import build_for_test
from ..outputs import output_file
from ..places import zoo_root

DTYPES = ('float16', 'float32')


def publish(checkpoint: str | Path, config: str | Path | Config, out_dir: str | Path, dtype: str = 'float16',
            all_networks: bool = False, command: str | None = None) -> Path:
    """Write ``<out_dir>/<name of the config>-<first 8 digits of its sha256>.safetensors``.

    It holds the weights that validation used (their average, where the run kept one), no state of
    optimisers, and in its ``meta``: ``config`` (the name), ``system``, ``parts`` (names of the networks),
    ``test_policy``, ``iteration``, ``seed``, ``command``, ``averaged``, ``dtype`` and ``ggtoolbox`` (the
    version).

    Args:
        checkpoint: of training, or converted.
        dtype: of the parameters; buffers, which are few, keep theirs.
        all_networks: discriminators, and what else an image can be drawn without, are kept.
        command: the training's; None is that of the config, with the checkpoint's seed and iteration.

    Raises:
        InputError: a checkpoint of another system or other sizes; an unknown ``dtype``, or parameters that
            are too large for it.
    """
    if dtype not in DTYPES:
        raise InputError(f'dtype: expected one of {", ".join(DTYPES)}, found {dtype!r}')
    cfg = config if isinstance(config, Config) else load_config(config)
    with torch.device('meta'):
        model = build_for_test(cfg)
    content = load_tensors(checkpoint)
    state, meta = checked_state(model, content, str(checkpoint))
    model.adopt_test_policy(meta.get('test_policy', {}))
    held = model.networks_of(meta.get('parts', model.named_networks()))
    parts = [name for name in (model.named_networks() if all_networks else model.networks_at_test())
             if name in held]
    parameters = {name for name, _ in model.named_parameters()}
    kept = {name: _cast(value, dtype, name) if name in parameters else value
            for name, value in state.items() if name.split('.')[0] in parts}
    name, out_dir = Path(cfg.filename).stem, Path(out_dir)
    iteration, seed = meta.get('iter'), meta.get('seed')
    unnamed = output_file(out_dir / f'{name}.safetensors', [checkpoint])
    save_safetensors(unnamed, kept, dict(
        config=name, system=type(model).__name__, parts=parts, iteration=iteration, seed=seed,
        test_policy=model.options.test_policy,
        command=command or _training_command(cfg, iteration, seed), averaged='ema_state_dict' in content,
        dtype=dtype, ggtoolbox=__version__))
    return unnamed.replace(out_dir / f'{name}-{file_sha256(unnamed)[:8]}.safetensors')


def _cast(value: Tensor, dtype: str, name: str) -> Tensor:
    cast = value.to(getattr(torch, dtype))
    if not torch.equal(torch.isfinite(cast), torch.isfinite(value)):
        raise InputError(f'{name}: values up to {value.abs().max():.3g} are too large for {dtype}; publish '
                         'it as float32')
    return cast


def _training_command(cfg: Config, iteration: int | None, seed: int | None) -> str | None:
    """None for weights that were converted, which no command of ours has trained."""
    if iteration is None:
        return None
    path, root = Path(cfg.filename).resolve(), zoo_root()
    words = ['python tools/train.py', str(path.relative_to(root)) if path.is_relative_to(root) else path.name]
    if seed is not None:
        words.append(f'--seed {seed}')
    if iteration != cfg.train_cfg.get('max_iters', iteration):
        words.append(f'--cfg-options train_cfg.max_iters={iteration}')
    return ' '.join(words)
