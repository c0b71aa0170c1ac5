"""ToyWorld's faces, each with one attribute to be changed."""
from __future__ import annotations

import numpy as np

from ggtoolbox.registry import DATASETS

from .procedural import ProceduralDataset
from .toyworld.face import ATTRIBUTES
from .toyworld.portrait import draw_face_pair, face_attributes


@DATASETS.register_module()
class ToyWorldAttributes(ProceduralDataset):
    """Faces, and the same faces in the same rooms with another attribute: StarGAN's test, with an answer.

    A sample holds ``source_image`` and, with the wanted ``attributes``, ``target_image``, both (H, W, 3)
    uint8 RGB; ``source_attributes`` and ``attributes`` (5,) float32 in {0, 1}, which differ in a colour of
    hair, in being male, or in being young (:func:`~ggtoolbox.datasets.toyworld.face.changed_face`), in turn
    from face to face; ``name`` and ``sample_idx``. Then the pipeline is applied.

    Arguments are those of :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_attributes', attributes=ATTRIBUTES)

    def draw(self, index: int) -> dict:
        """Face ``index``."""
        own = face_attributes(self.seed, index)
        places = [place for place, (name, there) in enumerate(zip(ATTRIBUTES, own))
                  if not (name.endswith('_Hair') and there)]
        change = ATTRIBUTES[places[index % len(places)]]
        before, after = (draw_face_pair(self.seed, index, self.height, self.width, changed)
                         for changed in (None, change))
        return dict(
            source_image=before.source_image, target_image=after.source_image,
            source_attributes=np.array(own, np.float32), attributes=np.array(after.attributes, np.float32),
            name=f'attributes_{self.seed}_{index:06d}')
