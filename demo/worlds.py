"""What a page can ask of a model, by the data set that its config names: painting or dragging, from where
a user starts, and how what is on the canvas becomes the fields that the model reads."""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
from drawings import Labels, Points, Size, layout_of
from numpy.typing import NDArray
from skimage.measure import label as connected_regions

from ggtoolbox.datasets.face_landmarks import landmark_picture, landmark_segmentation
from ggtoolbox.datasets.hand_pose import HAND_BONES, skeleton_picture
from ggtoolbox.datasets.palette import colourise
from ggtoolbox.datasets.person_pose import LIMBS, heat_maps
from ggtoolbox.datasets.procedural import ProceduralDataset
from ggtoolbox.datasets.toyworld import street_classes as street
from ggtoolbox.datasets.transforms.pack import image_to_tensor
from ggtoolbox.evaluation.segmenter import Segmenter

Fields = dict[str, NDArray]
# What belongs to one thing in a street, and so has one instance id where it hangs together.
THINGS = ((street.BUILDING, street.ROOF, street.WINDOW), (street.TRUNK, street.FOLIAGE),
          (street.CAR, street.WHEEL), (street.PERSON,), (street.POLE, street.SIGN))
FACE_LINES = ((0, 17, False), (17, 22, False), (22, 27, False), (27, 31, False), (31, 36, False),
              (36, 42, True), (42, 48, True), (48, 60, True), (60, 68, True))  # first, last + 1, closed


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
    followed: str  # the measure of how much of its guide a model follows, 0 to 1
    attributes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # classes, each of which may have a style of its own
    domains: tuple[str, ...] = ()  # of which one is chosen
    shows_exemplar = False  # in the place of a source

    def __init__(self, dataset: ProceduralDataset) -> None:
        self.dataset = dataset
        self.size: Size = dataset.height, dataset.width
        self.canvas = self.make_canvas(dataset.metainfo)

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


class StreetWorld(World):
    """Street scenes from label maps."""

    title = 'Street from a label map'
    followed = 'mIoU'
    hint = 'Choose a class, and paint the street.'

    def make_canvas(self, metainfo: dict) -> Labels:
        self.regions = metainfo['classes']
        return Labels(self.size, metainfo['classes'], metainfo['palette'])

    def scene(self, index: int) -> Scene:
        sample = self.dataset.draw(index)
        style = dict(exemplar_image=sample['target_image'], exemplar_label=sample['label'])
        return Scene(self.canvas.show(sample['label']), None, style)

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        label = self.canvas.read(drawing)
        return {**source, 'label': label, 'instance': instances(label)}


class CrossViewWorld(StreetWorld):
    """A view of a street from another one, and from the label map of what is to be seen."""

    title = 'Street from another view'
    followed = 'mIoU'
    hint = 'Paint what is to be seen in the other view.'

    def scene(self, index: int) -> Scene:
        sample = self.dataset.draw(index)
        source = {name: sample[name] for name in ('source_image', 'source_guide')}
        return Scene(self.canvas.show(sample['label']), self.show_source(sample['source_image'], ''), source)

    def show_source(self, image: NDArray[np.uint8], source_drawing: str) -> str:
        return Points(self.size, (), ()).show((), image)

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        fields = super().fields(drawing, source_drawing, source)
        return {**fields, 'target_guide': colourise(fields['label'], self.canvas.palette)}


class ExemplarWorld(StreetWorld):
    """A street with the look of another one, whose label map a segmenter finds where it is a user's."""

    title = 'Street in the look of another'
    hint = 'Paint the street; it gets the look of the picture beside it.'
    shows_exemplar = True

    def scene(self, index: int) -> Scene:
        label, look = self.dataset.draw(index)['label'], self.dataset.draw(index + 1)
        style = dict(exemplar_image=look['target_image'], exemplar_label=look['label'])
        return Scene(self.canvas.show(label), self.show_source(look['target_image'], ''), style)

    def show_source(self, image: NDArray[np.uint8], source_drawing: str) -> str:
        return Points(self.size, (), ()).show((), image)

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        if 'source_image' in source:  # brought by the user
            look = source['source_image']
            segmenter = Segmenter('toyworld_street', None, self.title)
            found, = segmenter([dict(exemplar_image=image_to_tensor(look))], 'exemplar_image')
            source = {**source, 'exemplar_image': look, 'exemplar_label': found.astype(np.uint8)}
        return super().fields(drawing, source_drawing, source)


class PointWorld(World):
    """A source image with its joints, and joints of what is to be generated."""

    def guide(self, keypoints: NDArray) -> NDArray:
        """What the networks see of key points (J, 3)."""
        raise NotImplementedError

    def scene(self, index: int) -> Scene:
        sample = self.dataset.draw(index)
        source = {name: sample[name] for name in ('source_image', 'attributes') if name in sample}
        return Scene(self.canvas.show(sample['keypoints']),
                     self.canvas.show(sample['source_keypoints'], sample['source_image']), source)

    def show_source(self, image: NDArray[np.uint8], source_drawing: str) -> str:
        return self.canvas.show(self.canvas.read(source_drawing), image)

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        keypoints = self.canvas.read(drawing)
        source_guide = self.guide(self.canvas.read(source_drawing))
        return {**source, 'source_guide': source_guide, 'target_guide': self.guide(keypoints)}


class FigureWorld(PointWorld):
    """A person in another pose."""

    title = 'Person in another pose'
    followed = 'PCKh'
    hint = 'Drag the joints into another pose.'

    def make_canvas(self, metainfo: dict) -> Points:
        return Points(self.size, metainfo['joints'], LIMBS)

    def guide(self, keypoints: NDArray) -> NDArray[np.float32]:
        return heat_maps(keypoints, self.size, self.dataset.sigma)


class HandWorld(PointWorld):
    """A hand in another gesture."""

    title = 'Hand in another gesture'
    followed = 'PCK_0.1'
    hint = 'Drag the joints into another gesture.'

    def make_canvas(self, metainfo: dict) -> Points:
        return Points(self.size, metainfo['joints'], HAND_BONES)

    def guide(self, keypoints: NDArray) -> NDArray[np.uint8]:
        return skeleton_picture(keypoints, self.size)


class FaceWorld(PointWorld):
    """A face with another expression; from landmarks alone, too, and from attributes."""

    title = 'Face with another expression'
    followed = 'PCK_0.05'
    hint = 'Drag landmarks; neighbours follow.'

    def make_canvas(self, metainfo: dict) -> Points:
        self.attributes, self.regions = metainfo['attributes'], metainfo['classes']
        lines = [(i, i + 1) for first, last, _ in FACE_LINES for i in range(first, last - 1)]
        lines += [(last - 1, first) for first, last, closed in FACE_LINES if closed]
        return Points(self.size, [f'landmark {i + 1}' for i in range(68)], lines, reach=3, complete=True)

    def guide(self, keypoints: NDArray) -> NDArray[np.uint8]:
        return landmark_picture(keypoints, self.size)

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        label, source_label = (landmark_segmentation(self.canvas.read(drawn), self.size)
                               for drawn in (drawing, source_drawing))
        return {**super().fields(drawing, source_drawing, source), 'label': label,
                'exemplar_image': source['source_image'], 'exemplar_label': source_label}


class DomainWorld(World):
    """A face that becomes another: of a domain, with the style of a picture on the canvas, or one that is
    drawn."""

    title = 'Face of another domain'
    followed = 'Reference'
    hint = 'The style of this face is taken; another sample draws a style instead.'

    def make_canvas(self, metainfo: dict) -> Points:
        self.domains = metainfo['domains']
        return Points(self.size, (), ())

    def scene(self, index: int) -> Scene:
        sample = self.dataset.draw(index)
        source = {name: sample[name] for name in ('source_image', 'exemplar_image', 'domain')}
        return Scene(*(self.canvas.show((), sample[name]) for name in ('exemplar_image', 'source_image')),
                     source)

    def show_source(self, image: NDArray[np.uint8], source_drawing: str) -> str:
        return self.canvas.show((), image)

    def show_style(self, image: NDArray[np.uint8], drawing: str) -> str:
        return self.canvas.show((), image)

    def without_style(self, source: Fields) -> Fields:
        return {name: value for name, value in super().without_style(source).items()
                if name != 'exemplar_image'}

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        return {**source, 'exemplar_image': source['target_image']} if 'target_image' in source else source


# By the data set of a config's test; of exemplars, by theirs behind a +.
WORLDS: dict[str, type[World]] = {
    'ToyWorldStreet': StreetWorld, 'ExemplarPairs+ToyWorldStreet': ExemplarWorld,
    'ToyWorldCrossView': CrossViewWorld, 'ToyWorldFigure': FigureWorld, 'ToyWorldHand': HandWorld,
    'ToyWorldFace': FaceWorld, 'ToyWorldDomains': DomainWorld}


def kind_of(settings: dict) -> str:
    """What a data set with these settings is called in :data:`WORLDS`."""
    inner = settings.get('dataset')
    return settings['type'] if inner is None else f'{settings["type"]}+{kind_of(inner)}'


def instances(label: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """(H, W) instance ids of a painted street: each region of a thing is one, the rest is its class."""
    ids = label.astype(np.uint16)
    for thing in THINGS:
        regions = connected_regions(np.isin(label, thing), connectivity=1)
        ids = np.where(regions, regions + max(ids.max(), street.FIRST_INSTANCE), ids)
    return ids.astype(np.uint16)
