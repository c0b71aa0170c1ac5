"""How generators build and feed their upsamplers."""
from __future__ import annotations

import inspect

from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import UPSAMPLERS

from .guided_input import GuidedInput
from .panoptic import PanopticMap, panoptic_identities


def build_upsampler(cfg: dict, in_channels: int, guide_channels: int) -> nn.Module:
    """Build a doubling upsampler from ``cfg``; one that takes ``guide_channels`` is told them."""
    takes = inspect.signature(UPSAMPLERS.class_of(cfg)).parameters
    told = dict(guide_channels=guide_channels) if 'guide_channels' in takes else {}
    return UPSAMPLERS.build(cfg, default_args=dict(in_channels=in_channels, scale=2, **told))


def read_instances(network: nn.Module, guided_input: GuidedInput) -> None:
    """Note that ``network`` reads ``instance`` where one of its layers does (``reads_instance``)."""
    if any(getattr(module, 'reads_instance', False) for module in network.modules()):
        guided_input.read_beside('instance')


def panoptic_map(guided_input: GuidedInput, label: Tensor | None,
                 instance: Tensor | None) -> PanopticMap | None:
    """The panoptic map of a batch for the layers that read one; None where none does.

    Raises:
        InputError: ``instance`` is missing, or of another size than ``label``.
    """
    if 'instance' not in guided_input.names:
        return None
    if instance is None:
        raise InputError(f'{guided_input.owner}: instance must be given for its panoptic aware layers, found '
                         'none')
    if label is not None and label.dim() == 3 and label.shape != instance.shape:
        raise InputError(f'{guided_input.owner}: instance must have the shape {tuple(label.shape)} of label, '
                         f'found {tuple(instance.shape)}')
    return PanopticMap(panoptic_identities(label, instance))


def enlarge(upsampler: nn.Module, x: Tensor, guide: Tensor, panoptic: PanopticMap | None) -> Tensor:
    """Call an upsampler; one of a user's own need not know of panoptic maps."""
    return upsampler(x, guide) if panoptic is None else upsampler(x, guide, panoptic)
