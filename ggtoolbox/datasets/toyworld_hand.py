"""ToyWorld's hands, each in two gestures, as a data set."""
from __future__ import annotations

from ggtoolbox.registry import DATASETS

from .hand_pose import HAND_JOINTS, skeleton_picture
from .procedural import ProceduralDataset
from .toyworld.gesture import draw_hand_pair


@DATASETS.register_module()
class ToyWorldHand(ProceduralDataset):
    """Pairs of pictures of one hand in one room, drawn when they are asked for.

    Skin, sleeve, bracelet, side, the light and the wall are the same in both pictures; sign, tilt and place
    differ. A sample holds ``source_image`` and ``target_image`` (H, W, 3) uint8 RGB; ``source_guide`` and
    ``target_guide`` (H, W, 3) uint8 skeleton pictures (white lines on black, 4 wide in a picture 256 pixels
    high, in proportion); ``source_keypoints`` and ``keypoints`` (21, 3); ``name`` and ``sample_idx``. Then
    the pipeline is applied.

    Arguments are those of :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_hand', joints=HAND_JOINTS)

    def draw(self, index: int) -> dict:
        """Pair ``index``."""
        pair, size = draw_hand_pair(self.seed, index, self.height, self.width), (self.height, self.width)
        return dict(
            source_image=pair.source_image, target_image=pair.target_image,
            source_guide=skeleton_picture(pair.source_keypoints, size),
            target_guide=skeleton_picture(pair.target_keypoints, size),
            source_keypoints=pair.source_keypoints, keypoints=pair.target_keypoints,
            name=f'hand_{self.seed}_{index:06d}')
