"""What a page can ask of a model, by the data set that its config names: painting or dragging, from where
a user starts, and how what is on the canvas becomes the fields that the model reads."""
from __future__ import annotations

import numpy as np
from drawings import Labels, Points
from numpy.typing import NDArray
from point_worlds import FaceWorld, FigureWorld, HandWorld, PhotographedHandWorld
from skimage.measure import label as connected_regions
from world import Fields, Scene, World

from ggtoolbox.datasets.palette import colourise
from ggtoolbox.datasets.toyworld import street_classes as street
from ggtoolbox.datasets.transforms.pack import image_to_tensor
from ggtoolbox.evaluation.segmenter import Segmenter

# What belongs to one thing in a street, and so has one instance id where it hangs together.
THINGS = ((street.BUILDING, street.ROOF, street.WINDOW), (street.TRUNK, street.FOLIAGE),
          (street.CAR, street.WHEEL), (street.PERSON,), (street.POLE, street.SIGN))


class StreetWorld(World):
    """Street scenes from label maps."""

    title = 'Street from a label map'
    followed = 'mIoU'
    hint = 'Choose a class, and paint the street.'

    def make_canvas(self, metainfo: dict) -> Labels:
        self.regions = metainfo['classes']
        return Labels(self.size, metainfo['classes'], metainfo['palette'])

    def scene(self, index: int) -> Scene:
        sample = self.draw(index)
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
        sample = self.draw(index)
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


class DomainWorld(World):
    """A face that becomes another: of a domain, with the style of a picture on the canvas, or one that is
    drawn."""

    title = 'Face of another domain'
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


class AttributeWorld(World):
    """A face with other attributes."""

    title = 'Face with another attribute'
    followed = 'Changed'
    hint = 'Tick what the face shall have.'

    def make_canvas(self, metainfo: dict) -> Points:
        self.attributes = metainfo['attributes']
        return Points(self.size, (), ())

    def scene(self, index: int) -> Scene:
        sample = self.draw(index)
        shown = self.canvas.show((), sample['source_image'])
        return Scene(shown, shown, dict(source_image=sample['source_image'],
                                        attributes=sample['source_attributes']))

    def show_source(self, image: NDArray[np.uint8], source_drawing: str) -> str:
        return self.canvas.show((), image)

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        return source


class SketchWorld(World):
    """An object of a class, from black lines on white."""

    title = 'Object from a sketch'
    hint = 'Draw lines, and say what they are.'

    def make_canvas(self, metainfo: dict) -> Labels:
        self.domains = metainfo['classes']
        return Labels(self.size, ('paper', 'line'), ((255,) * 3, (0,) * 3))

    def scene(self, index: int) -> Scene:
        sample = self.draw(index)
        lines = (sample['source_guide'][..., 0] == 0).astype(np.uint8)
        return Scene(self.canvas.show(lines), None, dict(domain=sample['domain']))

    def fields(self, drawing: str, source_drawing: str | None, source: Fields) -> Fields:
        return {**source, 'source_guide': colourise(self.canvas.read(drawing), self.canvas.palette)}


# By the data set of a config's test; of exemplars, by theirs behind a +.
WORLDS: dict[str, type[World]] = {
    'ToyWorldStreet': StreetWorld, 'ExemplarPairs+ToyWorldStreet': ExemplarWorld,
    'ToyWorldCrossView': CrossViewWorld, 'ToyWorldFigure': FigureWorld, 'ToyWorldHand': HandWorld,
    'ToyWorldFace': FaceWorld, 'ToyWorldDomains': DomainWorld, 'ToyWorldAttributes': AttributeWorld,
    'ToyWorldObjects': SketchWorld, 'KeypointPairs': PhotographedHandWorld}


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
