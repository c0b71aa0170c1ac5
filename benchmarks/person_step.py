"""Times a whole training iteration of XingGAN and BiGraphGAN with Market-1501's options: 128 x 64, batch 2,
full width, 9 blocks, VGG19 (of random weights); the generator's turn and both discriminators',
in float32 and in bfloat16 (``--amp``).

    python benchmarks/person_step.py --threads 2

Each system runs in a process of its own, whose whole peak memory is told: weights, optimisers' states and
libraries included.
"""
from __future__ import annotations

import functools
import itertools
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import torch
from _common import least_seconds, parser, write_rows
from mmengine.registry import DefaultScope

from ggtoolbox.apis import load_config
from ggtoolbox.apis.analysis.measuring import peak_memory
from ggtoolbox.apis.switches import use_amp
from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor
from ggtoolbox.registry import MODELS

CONFIGS = Path(__file__).resolve().parents[1] / 'configs'
SYSTEMS = ('xinggan', 'bigraphgan')


def make_step(config: Path, size: tuple[int, int], batch: int, amp: bool, device: str
              ) -> Callable[[], object]:
    """One iteration of the config's training class, on random pictures and heat maps."""
    torch.manual_seed(0)
    cfg = load_config(config)
    if amp:
        use_amp(cfg)
    if cfg.model.losses.perceptual:
        cfg.model.losses.perceptual.network.update(weights=None, allow_random=True)
    model = MODELS.build(cfg.model).to(device)
    entries = {name: entry for name, entry in cfg.optim_wrapper.items() if name != 'constructor'}
    with DefaultScope.overwrite_default_scope('ggtoolbox'):
        optimisers = PlayerOptimWrapperConstructor(entries)(model)
    guides = cfg.model.generator.guide_channels
    data = {name: torch.rand(batch, guides if 'guide' in name else 3, *size)
            for name in ('source_image', 'target_image', 'source_guide', 'target_guide')}
    return functools.partial(model.train_step, data, optimisers)


def measure(config: Path, size: tuple[int, int], batch: int, amp: bool, device: str, threads: int,
            seconds: float) -> dict[str, float]:
    """Least seconds of a step, and the peak megabytes of this process (of the allocator, on CUDA)."""
    torch.set_num_threads(threads)
    step = make_step(config, size, batch, amp, device)
    least, = least_seconds([step], device, seconds)
    return dict(step_s=least, peak_mb=peak_memory(device))


def main() -> None:
    options = parser(__doc__)
    options.add_argument('--batch', type=int, default=2)
    options.add_argument('--config', action='append', type=Path, metavar='PATH', help='instead of both')
    options.add_argument('--size', type=int, nargs=2, default=(128, 64), metavar=('H', 'W'))
    options.add_argument('--dtype', nargs='+', choices=('float32', 'bfloat16'),
                         default=('float32', 'bfloat16'))
    args = options.parse_args()
    rows = []
    configs = args.config or [CONFIGS / f'{name}/{name}_market1501-128x64.py' for name in SYSTEMS]
    for config, dtype in itertools.product(configs, args.dtype):
        with multiprocessing.get_context('spawn').Pool(1) as pool:
            found = pool.apply(measure, (config, tuple(args.size), args.batch, dtype == 'bfloat16',
                                         args.device, args.threads, args.seconds))
        rows.append(dict(name='person_step', config=config.stem, batch=args.batch, dtype=dtype) | found)
        print(f'{config.stem:<40} batch {args.batch} {dtype:<8}  {found["step_s"]:7.3f} s   peak '
              f'{found["peak_mb"]:8.1f} MB', flush=True)
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
