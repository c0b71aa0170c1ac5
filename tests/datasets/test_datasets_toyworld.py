"""ToyWorld street scenes: the same on every machine, at any size, and made of everything."""
import hashlib

import numpy as np
import pytest
import torch

from ggtoolbox.datasets.toyworld.cameras import StreetCamera
from ggtoolbox.datasets.toyworld.dice import Dice
from ggtoolbox.datasets.toyworld.drawing import GROUND, Canvas, surface_part
from ggtoolbox.datasets.toyworld.street import draw_street
from ggtoolbox.datasets.toyworld.street_classes import CLASSES, FIRST_INSTANCE, PALETTE
from ggtoolbox.datasets.toyworld_street import ToyWorldStreet
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_batch

HASHES = {
    (0, 0, 64, 64): '2f5a896743e63b40f306d188702aaf38',
    (0, 7, 64, 64): 'e55d906451952fd3c25e1ebe995d1241',
    (1, 3, 64, 128): 'c9dc9359a808da8f9de8c02fe46cf0e6',
    (5, 123456, 96, 40): '54d59067e9735b8cbf2982b17de8a11d',
}


def digest(*scene: int) -> str:
    picture = draw_street(*scene)
    data = picture.label.tobytes() + picture.instance.astype('<u2').tobytes() + picture.image.tobytes()
    return hashlib.sha256(data).hexdigest()[:32]


@pytest.mark.parametrize('scene', HASHES)
def test_scene_is_fixed(scene):
    assert digest(*scene) == HASHES[scene]


def test_dice_are_fixed_and_stay_in_range():
    dice = Dice(3, 4)
    drawn = [dice.fraction() for _ in range(600)]
    assert drawn[:2] == [Dice(3, 4).fraction(), drawn[1]] and len(set(drawn)) == 600
    assert {dice.whole(2, 4) for _ in range(200)} == {2, 3, 4}
    assert {dice.pick('ab') for _ in range(100)} == {'a', 'b'}


def test_every_class_occurs_and_things_have_ids():
    seen, ids = np.zeros(len(CLASSES), int), []
    for index in range(60):
        scene = draw_street(0, index, 64, 64)
        seen += np.bincount(scene.label.ravel(), minlength=len(CLASSES))
        ids.append(len(np.unique(scene.instance[scene.instance >= FIRST_INSTANCE])))
    assert (seen > 0).all(), [CLASSES[i] for i in np.flatnonzero(seen == 0)]
    assert len(CLASSES) == len(PALETTE) == len(set(PALETTE)) >= 12
    assert min(ids) >= 5


def test_instances_of_things_and_classes_of_stuff():
    scene = draw_street(0, 4, 128, 128)
    stuff = np.isin(scene.label, [CLASSES.index(name) for name in ('sky', 'cloud', 'road', 'grass')])
    assert (scene.instance[stuff] == scene.label[stuff]).all()
    car = CLASSES.index('car')
    cars = np.unique(scene.instance[scene.label == car])
    wheels = np.unique(scene.instance[scene.label == CLASSES.index('wheel')])
    assert len(cars) >= 1 and (cars >= FIRST_INSTANCE).all() and set(wheels) <= set(cars)


def test_another_size_shows_the_same_world():
    agreement, difference = [], []
    for index in range(8):
        small, large = draw_street(0, index, 64, 64), draw_street(0, index, 128, 128)
        agreement.append((small.label == large.label[1::2, 1::2]).mean())
        mean = large.image.reshape(64, 2, 64, 2, 3).mean((1, 3))
        difference.append(np.abs(mean - small.image).mean())
    assert np.mean(agreement) > 0.9 and np.mean(difference) < 9
    wide = draw_street(0, 0, 64, 128)
    assert (wide.label[:, 32:96] == draw_street(0, 0, 64, 64).label).mean() > 0.999


def test_pictures_follow_their_labels():
    """A class's mean colour explains far more of a picture than the picture's own mean."""
    colours, labels = [], []
    for index in range(24):
        scene = draw_street(2, index, 64, 64)
        colours.append(scene.image.reshape(-1, 3).astype(float))
        labels.append(scene.label.ravel())
    colours, labels = np.concatenate(colours), np.concatenate(labels)
    means = np.stack([colours[labels == k].mean(0) if (labels == k).any() else np.zeros(3)
                      for k in range(len(CLASSES))])
    residual = ((colours - means[labels]) ** 2).mean() / ((colours - colours.mean(0)) ** 2).mean()
    assert 0.2 < residual < 0.7


def test_data_set_gives_the_vocabulary():
    dataset = DATASETS.build(dict(type='ToyWorldStreet', size=(32, 48), length=10, seed=1, pipeline=[
        dict(type='InstanceEdge'), dict(type='PackTensors')]))
    batch = torch.utils.data.default_collate([dataset[0], dataset[3]])
    check_batch(batch)
    assert batch['target_image'].shape == (2, 3, 32, 48) and batch['edge'].shape == (2, 1, 32, 48)
    assert batch['name'] == ['street_1_000000', 'street_1_000003']
    assert torch.equal(dataset[-1]['label'], dataset[9]['label'])
    assert dataset.metainfo['num_classes'] == len(CLASSES)
    assert not torch.equal(dataset[0]['label'], ToyWorldStreet(
        (32, 48), 10, seed=2, pipeline=dataset.pipeline.transforms)[0]['label'])
    with pytest.raises(IndexError):
        dataset[10]


@pytest.mark.parametrize('arguments', [dict(size=8), dict(length=0), dict(seed=-1)])
def test_data_set_refuses_nonsense(arguments):
    with pytest.raises(InputError, match='expected|at least'):
        ToyWorldStreet(**arguments)


def test_shapes_are_painted_where_they_lie():
    canvas = Canvas(40, 80)
    part = canvas.add(surface_part(1, (1, 1, 1), GROUND))
    part = canvas.add(surface_part(2, (1, 1, 1), GROUND))
    canvas.polygon([(-0.5, 0.25), (0.5, 0.25), (0.5, 0.75), (-0.5, 0.75)], part)
    assert (canvas.part[10:30, 20:60] == part).all() and canvas.part.sum() == part * 20 * 40
    for points in ([(0, 0), (0.5, 0), (0, 0.5)], [(0, 0.5), (0.5, 0), (0, 0)]):
        triangle = Canvas(40, 80)
        triangle.polygon(points, 1)
        assert abs(triangle.part.sum() - 200) <= 20
        assert triangle.part[0, 40] == 1 and triangle.part[19, 59] == 0
    disc = Canvas(40, 80)
    disc.shade_ellipse(0, 0.5, 0.25, 0.25)
    assert abs((disc.shadow > 0).sum() - np.pi * 100) < 12
    off = Canvas(40, 80)
    off.rectangle(3, 0, 4, 1, 1)
    off.polygon([(-5, -5), (-4, -5), (-4, -4)], 1)
    assert not off.part.any()


def test_camera_projects_by_similar_triangles():
    camera = StreetCamera(x=1.0, height=2.0, focal=0.5, vanish=0.1, horizon=0.4)
    assert camera.project(5.0, 0.0, 4.0) == pytest.approx((0.1 + 0.5 * 4 / 4, 0.4 + 0.5 * 2 / 4))
