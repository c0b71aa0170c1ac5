"""Worlds in which one drags: persons, hands and faces."""
from __future__ import annotations

import numpy as np
from drawings import Points
from numpy.typing import NDArray
from world import Fields, Scene, World

from ggtoolbox.apis.zoo.gallery import MADE_HANDS
from ggtoolbox.datasets.face_landmarks import landmark_picture, landmark_segmentation
from ggtoolbox.datasets.hand_pose import HAND_BONES, skeleton_picture
from ggtoolbox.datasets.person_pose import LIMBS, heat_maps

FACE_LINES = ((0, 17, False), (17, 22, False), (22, 27, False), (27, 31, False), (31, 36, False),
              (36, 42, True), (42, 48, True), (48, 60, True), (60, 68, True))  # first, last + 1, closed


class PointWorld(World):
    """A source image with its joints, and joints of what is to be generated."""

    bones = ()  # pairs of joints between which the canvas draws a line

    def make_canvas(self, metainfo: dict) -> Points:
        return Points(self.size, metainfo['joints'], self.bones)

    def guide(self, keypoints: NDArray) -> NDArray:
        """What the networks see of key points (J, 3)."""
        raise NotImplementedError

    def scene(self, index: int) -> Scene:
        sample = self.draw(index)
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
    bones = LIMBS

    def guide(self, keypoints: NDArray) -> NDArray[np.float32]:
        return heat_maps(keypoints, self.size, self.dataset.sigma)


class HandWorld(PointWorld):
    """A hand in another gesture."""

    title = 'Hand in another gesture'
    followed = 'PCK_0.1'
    hint = 'Drag the joints into another gesture.'
    bones = HAND_BONES

    def guide(self, keypoints: NDArray) -> NDArray[np.uint8]:
        return skeleton_picture(keypoints, self.size)


class PhotographedHandWorld(HandWorld):
    """As :class:`HandWorld`, of photographs. Their data set is not in the repository: scenes begin from hands
    that the shipped model made (``demo/hands``), with key points that a judge of such hands found in them."""

    title = 'Photographed hand'
    hint = 'Drag the joints into another sign.'

    @classmethod
    def of(cls, settings: dict) -> World:
        """As of any world.

        Raises:
            InputError: key points of something else than a hand.
        """
        return super().of({**settings, **MADE_HANDS})

    def draw(self, index: int) -> Fields:
        return self.dataset[index % len(self.dataset)]


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
