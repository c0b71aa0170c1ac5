"""Class ids from a picture whose grey values stand for classes."""
from __future__ import annotations

from collections.abc import Sequence

from mmcv.transforms import BaseTransform

from ggtoolbox.datasets.merged_classes import GREY_VALUES, ids_of_greys
from ggtoolbox.errors import InputError
from ggtoolbox.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LabelFromGrey(BaseTransform):
    """Replace ``label_picture`` by ``label``: the class whose grey value a pixel has exactly, else 255.

    The released code resizes label panels bicubically, as it does photographs, before it compares.
    Values in between then match no class, or by accident another one: to get the same ids put this
    after :class:`ResizeAndCrop`. To resize ids instead, which is better, put it in front.

    Args:
        values: grey value of each class.

    Raises:
        InputError: values that are no bytes or not distinct; the sample has no ``label_picture``.
    """

    def __init__(self, values: Sequence[int] = GREY_VALUES) -> None:
        self.values = tuple(values)
        if len(set(self.values)) != len(self.values) or not all(0 <= v <= 255 for v in self.values):
            raise InputError(f'LabelFromGrey: values must be distinct and lie in 0..255, found {self.values}')

    def transform(self, results: dict) -> dict:
        if 'label_picture' not in results:
            raise InputError("LabelFromGrey: the sample has no 'label_picture'; name it among the data "
                             "set's panels")
        results['label'] = ids_of_greys(results.pop('label_picture'), self.values)
        return results
