"""ToyWorld's street scenes as a data set."""
from __future__ import annotations

from ggtoolbox.registry import DATASETS

from .procedural import ProceduralDataset
from .toyworld.street import draw_street
from .toyworld.street_classes import CLASSES, PALETTE


@DATASETS.register_module()
class ToyWorldStreet(ProceduralDataset):
    """Procedural street scenes with label and instance maps, drawn when they are asked for.

    A sample holds ``target_image`` (H, W, 3) uint8 RGB, ``label`` (H, W) uint8 in 0..16,
    ``instance`` (H, W) uint16 (each building, tree, car, person, lamp and sign has an id of its own;
    elsewhere it is the class id), ``name`` and ``sample_idx``; then the pipeline is applied.

    The same scene at another height is the same view; a wider picture shows more of its sides.
    Arguments are those of :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_street', num_classes=len(CLASSES), classes=CLASSES,
                    palette=PALETTE)

    def draw(self, index: int) -> dict:
        """Scene ``index``."""
        scene = draw_street(self.seed, index, self.height, self.width)
        return dict(target_image=scene.image, label=scene.label, instance=scene.instance,
                    name=f'street_{self.seed}_{index:06d}')
