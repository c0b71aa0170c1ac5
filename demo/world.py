"""What all worlds of the page have in common."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from drawings import Labels, Points, Size, layout_of
from numpy.typing import NDArray

from ggtoolbox.datasets.keypoint_pairs import KeypointPairs
from ggtoolbox.datasets.procedural import ProceduralDataset
from ggtoolbox.registry import DATASETS

Fields = dict[str, NDArray]


class Scene(NamedTuple):
    """Where a user starts.

    Attributes:
        drawing: of what is to be generated, for the canvas.
        source_drawing: the source image with its joints, for a canvas of its own; None without a source.
        source: fields that are on no canvas: ``source_image``, ``attributes``, ...
    """

    drawing: str
    source_drawing: str | None
    source: Fields


class World:
    """One data set. Subclasses say what is on the canvas and what it means.

    Args:
        dataset: draws the scenes that a user can start from.
    """

    title: str
    hint: str
    followed: str | None = None  # what measures, from 0 to 1, how much of its guide a model follows
    attributes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # classes, each of which may have a style of its own
    domains: tuple[str, ...] = ()  # of which one is chosen
    shows_exemplar = False  # in the place of a source

    def __init__(self, dataset: ProceduralDataset | KeypointPairs) -> None:
        self.dataset = dataset
        self.size: Size = dataset.size
        self.canvas = self.make_canvas(dataset.metainfo)

    @classmethod
    def of(cls, settings: dict) -> World:
        """Of the test data that a config names."""
        return cls(DATASETS.build({**settings, 'pipeline': []}))

    def draw(self, index: int) -> Fields:
        """The arrays of scene ``index``, of any number."""
        return self.dataset.draw(index)

    def make_canvas(self, metainfo: dict) -> Labels | Points:
        """What the canvas shows."""
        raise NotImplementedError

    @property
    def paints(self) -> bool:
        return isinstance(self.canvas, Labels)

    def has(self, drawing: str | None) -> bool:
        """Whether a drawing is of this world, or none at all, which :meth:`fields` refuses."""
        return layout_of(drawing) in (None, self.canvas.layout)

    def scene(self, index: int) -> Scene:
        """Scene ``index`` of the data set."""
        raise NotImplementedError

    def show_source(self, image: NDArray[np.uint8], source_drawing: str) -> str:
        """Another source image (H, W, 3), with the joints of the one before."""
        raise NotImplementedError

    def show_style(self, image: NDArray[np.uint8], drawing: str) -> str:
        """The canvas when a picture (H, W, 3) has been brought whose style is taken."""
        return drawing

    def without_style(self, source: Fields) -> Fields:
        """``source`` when styles are to be drawn at random again."""
        return {name: value for name, value in source.items() if name != 'target_image'}

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        """All fields of the vocabulary that follow from what is on the page.

        Raises:
            InputError: a drawing that is none of this world's.
        """
        raise NotImplementedError
