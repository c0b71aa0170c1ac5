"""ToyWorld's people, each in two poses, as a data set."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

from .person_pose import JOINTS, MARKET_MASK_RADIUS, MARKET_SIGMA, heat_maps, person_mask
from .procedural import ProceduralDataset
from .toyworld.figure import draw_figure_pair

MARKET_HEIGHT = 128


@DATASETS.register_module()
class ToyWorldFigure(ProceduralDataset):
    """Pairs of pictures of one person in one room, drawn when they are asked for.

    Who it is (skin, hair, build), what it wears (with hoops, stripes, checks or dots), the light and the
    wall are the same in both pictures; pose, heading and place differ. A sample holds ``source_image``
    and ``target_image`` (H, W, 3) uint8 RGB; ``source_guide`` and ``target_guide`` (18, H, W) float32 heat
    maps as Market-1501 has them; ``source_keypoints`` and ``keypoints`` (18, 3), in which hidden,
    overlooked and cut-off joints are missing; ``mask`` (H, W) uint8 in {0, 1} of the target person as
    Market-1501's masks are made; ``name`` and ``sample_idx``. Then the pipeline is applied.

    The pictures are the same on every machine; heat maps may differ in the last bit.

    Args:
        sigma: of the heat maps in pixels; None = the papers' 6 in a picture 128 pixels high, in proportion.
        size, length, seed, pipeline: of :class:`ProceduralDataset`.

    Raises:
        InputError: ``sigma`` is not positive; see also :class:`ProceduralDataset`.
    """

    METAINFO = dict(dataset_type='toyworld_figure', joints=JOINTS, guide_channels=len(JOINTS))

    def __init__(self, size: int | tuple[int, int] = (64, 32), length: int = 10000, seed: int = 0,
                 sigma: float | None = None, pipeline: Sequence[dict | Callable] = ()) -> None:
        super().__init__(size, length, seed, pipeline)
        if sigma is not None and sigma <= 0:
            raise InputError(f'ToyWorldFigure: sigma must be positive, found {sigma}')
        self.sigma = sigma or MARKET_SIGMA * self.height / MARKET_HEIGHT

    def draw(self, index: int) -> dict:
        """Pair ``index``."""
        pair, size = draw_figure_pair(self.seed, index, self.height, self.width), (self.height, self.width)
        return dict(
            source_image=pair.source_image, target_image=pair.target_image,
            source_guide=heat_maps(pair.source_keypoints, size, self.sigma),
            target_guide=heat_maps(pair.target_keypoints, size, self.sigma),
            source_keypoints=pair.source_keypoints, keypoints=pair.target_keypoints,
            mask=person_mask(pair.target_keypoints, size, MARKET_MASK_RADIUS * self.height / MARKET_HEIGHT),
            name=f'figure_{self.seed}_{index:06d}')
