"""ToyWorld's single objects and their edges, as SketchyCOCO's object stage learns them."""
from __future__ import annotations

from ggtoolbox.registry import DATASETS

from .class_strips import xdog_edges
from .procedural import ProceduralDataset
from .toyworld.figure import draw_figure_pair
from .toyworld.gesture import draw_hand_pair
from .toyworld.portrait import draw_face_pair

PAINTERS = dict(face=draw_face_pair, hand=draw_hand_pair, figure=draw_figure_pair)


@DATASETS.register_module()
class ToyWorldObjects(ProceduralDataset):
    """Faces, hands and people, in turn, drawn when they are asked for.

    A sample holds ``target_image`` (H, W, 3) uint8 RGB; ``target_guide``, its edges as a picture (see
    :func:`xdog_edges`), and the same as ``source_guide``, for the want of sketches; ``domain``, 0 to 2;
    ``name`` and ``sample_idx``. Then the pipeline is applied.

    Arguments are those of :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_objects', num_classes=len(PAINTERS), classes=tuple(PAINTERS))

    def draw(self, index: int) -> dict:
        """Object ``index``."""
        domain = index % len(PAINTERS)
        paint = [*PAINTERS.values()][domain]
        image = paint(self.seed, index // len(PAINTERS), self.height, self.width).target_image
        edges = xdog_edges(image)
        return dict(target_image=image, target_guide=edges, source_guide=edges, domain=domain,
                    name=f'object_{self.seed}_{index:06d}')
