"""Models inside of what trains them in several processes."""
from __future__ import annotations

from mmengine.model import is_model_wrapper
from torch import nn


def unwrapped(model: nn.Module) -> nn.Module:
    """A model, or one of its networks, without the wrapper that it may be in."""
    return model.module if is_model_wrapper(model) else model
