"""Where scalars and pictures go."""
from __future__ import annotations

import importlib.util

from mmengine.visualization import Visualizer

from ggtoolbox.registry import VISUALIZERS


@VISUALIZERS.register_module()
class RunVisualizer(Visualizer):
    """mmengine's ``Visualizer`` whose back ends are chosen by what is installed.

    Args:
        vis_backends: mmengine's back ends; None takes local files, and TensorBoard if installed.
        name, save_dir: as mmengine's.
    """

    def __init__(self, vis_backends: list[dict] | None = None, name: str = 'visualizer',
                 save_dir: str | None = None) -> None:
        if vis_backends is None:
            vis_backends = [dict(type='LocalVisBackend')]
            if importlib.util.find_spec('tensorboard') is not None:
                vis_backends.append(dict(type='TensorboardVisBackend'))
        super().__init__(name=name, vis_backends=vis_backends, save_dir=save_dir)
