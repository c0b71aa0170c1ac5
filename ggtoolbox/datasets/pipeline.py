"""Pipelines that build in a plain script as they do under a Runner."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from mmengine.dataset import Compose

from ggtoolbox.registry import TRANSFORMS


def build_pipeline(transforms: Sequence[dict | Callable]) -> Compose:
    """Chain transforms given as callables or as configs of ``TRANSFORMS``."""
    return Compose([t if callable(t) else TRANSFORMS.build(t) for t in transforms])
