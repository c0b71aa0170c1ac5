"""How a network behaves at test time: which statistics norms use, whether dropout is active."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.modules.instancenorm import _InstanceNorm


@contextmanager
def test_policy(networks: Iterable[nn.Module], norm_at_test: str,
                dropout_at_test: bool) -> Iterator[None]:
    """Put ``networks`` into eval mode but for what the policy says; restores their modes after.

    With ``norm_at_test='batch'`` batch norm (and instance norm with running statistics) normalises
    by the images at hand and leaves its running statistics untouched. Spectral norm never iterates.
    """
    modules = [module for network in networks for module in network.modules()]
    modes = [module.training for module in modules]
    norms = [(module, module.track_running_stats, module.momentum) for module in modules
             if isinstance(module, (_BatchNorm, _InstanceNorm))]
    try:
        for module in modules:
            module.training = dropout_at_test and isinstance(module, _DropoutNd)
        if norm_at_test == 'batch':
            for norm, _, _ in norms:
                norm.training, norm.track_running_stats, norm.momentum = True, False, 0.0
        yield
    finally:
        for module, mode in zip(modules, modes):
            module.training = mode
        for norm, tracked, momentum in norms:
            norm.track_running_stats, norm.momentum = tracked, momentum


test_policy.__test__ = False  # not a test, whatever pytest thinks of its name
