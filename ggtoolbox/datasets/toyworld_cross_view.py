"""ToyWorld's streets from above and from the ground as a data set."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .palette import colourise
from .procedural import ProceduralDataset
from .toyworld.aerial import draw_aerial
from .toyworld.street import draw_street
from .toyworld.street_classes import CLASSES, PALETTE

DIRECTIONS = ('aerial_to_ground', 'ground_to_aerial')


@DATASETS.register_module()
class ToyWorldCrossView(ProceduralDataset):
    """Pairs of views of one procedural street, drawn when they are asked for.

    Both views show the same description: buildings with their walls and roofs, trees, cars, people,
    what is painted on the road, and the light. The ground view is that of :class:`ToyWorldStreet`; its
    camera stands at the lower edge of the aerial view and looks up in it.

    A sample holds ``source_image`` and ``target_image`` (H, W, 3) uint8 RGB, ``source_guide`` and
    ``target_guide``, their label maps as RGB pictures in the colours of the palette, ``label`` (H, W)
    uint8 in 0..16 and ``instance`` (H, W) uint16 of the target, ``name`` and ``sample_idx``; then the
    pipeline is applied.

    Args:
        size, length, seed, pipeline: as of :class:`ProceduralDataset`.
        direction: ``aerial_to_ground``, or ``ground_to_aerial``: what is source and what is target.

    Raises:
        InputError: an unknown direction, or as of :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_cross_view', num_classes=len(CLASSES), classes=CLASSES,
                    palette=PALETTE, guide_palette=PALETTE)

    def __init__(self, size: int | tuple[int, int] = 64, length: int = 10000, seed: int = 0,
                 direction: str = 'aerial_to_ground', pipeline: Sequence[dict | Callable] = ()) -> None:
        super().__init__(size, length, seed, pipeline)
        if direction not in DIRECTIONS:
            raise InputError(f'ToyWorldCrossView: direction must be one of {", ".join(DIRECTIONS)}, found '
                             f'{direction!r}')
        self.direction = direction

    def draw(self, index: int) -> dict:
        """Scene ``index``."""
        scene = self.seed, index, self.height, self.width
        source, target = draw_aerial(*scene), draw_street(*scene)
        if self.direction == 'ground_to_aerial':
            source, target = target, source
        return dict(source_image=source.image, target_image=target.image,
                    source_guide=colourise(source.label, PALETTE),
                    target_guide=colourise(target.label, PALETTE),
                    label=target.label, instance=target.instance,
                    name=f'cross_view_{self.seed}_{index:06d}')
