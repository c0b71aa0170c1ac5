"""ToyWorld's faces, at rest and with an expression, as a data set."""
from __future__ import annotations

import numpy as np

from ggtoolbox.registry import DATASETS

from .face_landmarks import FACE_CLASSES, FACE_PALETTE, landmark_picture, landmark_segmentation
from .procedural import ProceduralDataset
from .toyworld.face import ATTRIBUTES
from .toyworld.portrait import draw_face_pair


@DATASETS.register_module()
class ToyWorldFace(ProceduralDataset):
    """Pairs of pictures of one face in one room, drawn when they are asked for.

    The face is at rest in the source and has an expression in the target; its features, skin, hair, the
    light and the wall are the same, how the head is held is not. A sample holds ``source_image`` and
    ``target_image`` (H, W, 3) uint8 RGB; ``source_guide`` and ``target_guide`` (H, W, 3) uint8 landmark
    pictures (black dots on white); ``source_keypoints`` and ``keypoints`` (68, 3); of the target ``label``
    (H, W) uint8 in 0..6, made from its landmarks; ``attributes`` (5,) float32 in {0, 1}: black, blond and
    brown hair (none of them = grey), male, young; ``expression``, ``name`` and ``sample_idx``. Then the
    pipeline is applied.

    Arguments are those of :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_face', num_classes=len(FACE_CLASSES), classes=FACE_CLASSES,
                    palette=FACE_PALETTE, attributes=ATTRIBUTES, joints=tuple(map(str, range(68))))

    def draw(self, index: int) -> dict:
        """Pair ``index``."""
        pair, size = draw_face_pair(self.seed, index, self.height, self.width), (self.height, self.width)
        return dict(
            source_image=pair.source_image, target_image=pair.target_image,
            source_guide=landmark_picture(pair.source_keypoints, size),
            target_guide=landmark_picture(pair.target_keypoints, size),
            source_keypoints=pair.source_keypoints, keypoints=pair.target_keypoints,
            label=landmark_segmentation(pair.target_keypoints, size),
            attributes=np.array(pair.attributes, np.float32), expression=pair.expression,
            name=f'face_{self.seed}_{index:06d}')
