"""What makes a system's training step fastest, said by the system and turned on by ``--fast``."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fastest:
    """The switches with which a system's step was measured to be fastest on one kind of device.

    A generator or a training algorithm says them as ``fastest = dict(cpu=Fastest(...), cuda=Fastest(...))``,
    the generator's word going first; for a device that neither names, these defaults hold.
    ``docs/performance.md`` has the measurements.

    Networks are named as attributes of the training algorithm: ``generator``, ``losses.perceptual.network``.

    Args:
        amp: forward passes in bfloat16, where the processor computes in it.
        reuse_fakes: as of :class:`~ggtoolbox.models.gans.options.GANOptions`.
        channels_last: networks whose weights, and so the features, lie in channels-last order.
        compile: networks that ``torch.compile`` makes.
        cuda_graphs: turns are recorded on a GPU, and replayed. No system says so yet, for it has not been
            measured; ``fast=dict(cuda_graphs=True)`` in a config does.
        step_in_backward: each parameter is moved as soon as its gradient is complete, where gradients would
            take most of a step's memory.
    """

    amp: bool = True
    reuse_fakes: bool = True
    channels_last: tuple[str, ...] = ()
    compile: tuple[str, ...] = ()
    cuda_graphs: bool = False
    step_in_backward: bool = False
