"""Measuring a config by a named protocol."""
from __future__ import annotations

import copy

from mmengine.config import Config

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.protocols import PROTOCOLS, find_protocol
from ggtoolbox.evaluation.table import Row, result_rows

from ..reading.test_data import innermost
from ..running import build_test_runner

JUDGED_HEIGHT = 64  # of the pictures that ToyWorld's judges were trained on


def use_protocol(cfg: Config, name: str, images: int | None = None) -> None:
    """Let a config's test measure by a protocol, in place.

    The evaluator becomes the protocol's; the fields that it reads are added to what ``PackTensors`` keeps;
    and settings of the data set that belong to it (ToyWorld's: 512 scenes of a world that no system has
    seen) replace the config's.

    Args:
        images: so many scenes instead, where they are drawn.

    Raises:
        InputError: an unknown protocol, or one for other data than the config's; ``images`` where the number
            is not the protocol's to say.
    """
    protocol = find_protocol(name)
    if not cfg.get('test_dataloader'):
        raise InputError(f'{cfg.filename}: the protocol {name!r} needs test_dataloader')
    cfg.test_dataloader = copy.deepcopy(cfg.test_dataloader)  # that of the validation often is the same dict
    dataset = innermost(cfg.test_dataloader.dataset)
    if protocol.datasets and dataset.type not in protocol.datasets:
        others = _protocols_of(dataset.type)
        hint = f'; for these there is {" or ".join(others)}' if others else ''
        raise InputError(f'{cfg.filename}: the protocol {name!r} measures {" or ".join(protocol.datasets)}, '
                         f'but the test data are {dataset.type}{hint}')
    settings = dict(protocol.dataset)
    if images is not None:
        if 'length' not in settings:
            raise InputError(f'the protocol {name!r} measures all test data; it takes no number of images')
        settings['length'] = images
    dataset.update(settings)
    for step in dataset.get('pipeline') or ():
        if step['type'] == 'PackTensors' and step.get('keys') is not None:
            step['keys'] = [*step['keys'], *(field for field in protocol.fields if field not in step['keys'])]
    cfg.test_evaluator = copy.deepcopy(protocol.metrics)


def judged_protocol(cfg: Config) -> str:
    """The name of the protocol by ToyWorld's judges for a config's test data.

    Raises:
        InputError: the data are not ToyWorld's.
    """
    kind = innermost(cfg.test_dataloader.dataset).type
    found = _protocols_of(kind)
    if not found:
        raise InputError(f"{cfg.filename}: no judge knows the test data {kind!r}; the judges are ToyWorld's")
    return found[0]


def task_of(cfg: Config, protocol: str) -> str:
    """The name of ToyWorld's protocol, and behind it the pictures' size where it is not the judges' own:
    figures of other sizes are not to be compared."""
    size = innermost(cfg.test_dataloader.dataset).get('size', JUDGED_HEIGHT)
    height, width = (size, size) if isinstance(size, int) else size
    drawn = protocol.startswith('toyworld_')
    return f'{protocol}, {height} x {width}' if drawn and height != JUDGED_HEIGHT else protocol


def measure(cfg: Config, checkpoint: str, protocol: str | None = None,
            images: int | None = None) -> list[Row]:
    """The table of a checkpoint by a protocol, without writing images.

    Args:
        cfg: of the system; its test is changed as :func:`use_protocol` says.
        protocol: name; None for the judges' protocol for the config's data.
        images: see :func:`use_protocol`.

    Returns:
        Rows of metric, value, number of images, protocol; in every process the same.
    """
    use_protocol(cfg, protocol or judged_protocol(cfg), images)
    runner = build_test_runner(cfg, checkpoint)
    return result_rows(runner.test_evaluator.metrics, runner.test(), len(runner.test_dataloader.dataset))


def _protocols_of(kind: str) -> list[str]:
    return [name for name, protocol in PROTOCOLS.items() if kind in protocol.datasets]
