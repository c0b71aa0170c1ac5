"""Times whole training steps of the semantic hosts against their plain forms, and CLADE against SPADE.

    python benchmarks/host_steps.py --threads 1
    python benchmarks/host_steps.py --threads 1 --host ccfpse sean --json rows.json

Cityscapes' options at 256 x 128 with the generator's width halved, one picture a step, VGG19 of random
weights in the loss. The plain form computes the host's own operator by its formula: CC-FPSE's predicted
convolutions and SEAN's of the style map by unfolding, panoptic aware convolutions window by window. (MaskGAN
has no operator: its step stands alone.) Both forms take turns in one process; peaks are of processes of their
own.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from unittest.mock import patch

import torch
from _common import compare, parser, print_row, write_rows
from _systems import System, cityscapes, draw_batches, settings_of
from _worker import BATCHES, training_step

import ggtoolbox.models.layers.conditional_block as conditional_block
import ggtoolbox.models.layers.panoptic as panoptic
import ggtoolbox.models.layers.sean as sean
from ggtoolbox.ops import panoptic_convolution
from ggtoolbox.ops.conditional_convolution import conditional_convolution_reference
from ggtoolbox.ops.region_convolution import region_convolution_reference

GAUGAN = cityscapes('gaugan')
CLADE = System(GAUGAN.config, GAUGAN.size, 1, {**GAUGAN.options, 'model.generator.norm_hidden_channels': 0})
# Host -> what the plain form trains, what the fast one does, and the operator that the plain one replaces.
HOSTS = {
    'ccfpse': (cityscapes('ccfpse'), None, (conditional_block, 'conditional_convolution',
                                            conditional_convolution_reference)),
    'sean': (cityscapes('sean'), None, (sean, 'region_convolution', region_convolution_reference)),
    'panoptic': (cityscapes('panoptic'), None, (panoptic, 'panoptic_convolution',
                                                panoptic_convolution._by_windows)),
    'maskgan': (cityscapes('maskgan'), None, None),
    'clade': (GAUGAN, CLADE, None)}


def make_step(host: str, form: str) -> Callable[[], None]:
    """A training step of all turns, in the ``'reference'`` or the ``'fast'`` form."""
    plain, other, operator = HOSTS[host]
    system = other if other and form == 'fast' else plain
    cfg = settings_of(system)
    step = training_step(cfg, draw_batches(system, cfg, BATCHES, 'cpu'), 'cpu')
    if operator is None or form == 'fast':
        return step

    def run() -> None:
        with patch.object(*operator):
            step()
    return run


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument('--host', nargs='+', choices=HOSTS, default=list(HOSTS))
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    rows = []
    for host in options.host:
        makers = (functools.partial(make_step, host, form) for form in ('reference', 'fast'))
        rows.append(compare(f'training step of {host}', '256x128, width 32, batch 1', *makers, options.device,
                            options.threads, options.seconds))
        print_row(rows[-1])
        write_rows(rows, options.json)


if __name__ == '__main__':
    main()
