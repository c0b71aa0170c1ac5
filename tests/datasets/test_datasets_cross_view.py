"""ToyWorld from above and from the ground: fixed, and truly one world."""
import hashlib

import numpy as np
import pytest
import torch

from ggtoolbox.datasets.palette import colourise
from ggtoolbox.datasets.toyworld.aerial import ALTITUDE, EXTENT, draw_aerial
from ggtoolbox.datasets.toyworld.cameras import AerialCamera
from ggtoolbox.datasets.toyworld.drawing import ALONG, FACING, LEVEL
from ggtoolbox.datasets.toyworld.scene import Building, Car
from ggtoolbox.datasets.toyworld.street import describe_scene, draw_street
from ggtoolbox.datasets.toyworld.street_classes import CLASSES, PALETTE
from ggtoolbox.datasets.toyworld_cross_view import ToyWorldCrossView
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_batch

CAMERA = AerialCamera(0.0, EXTENT / 2, ALTITUDE, ALTITUDE / EXTENT)


def digest(*scene: int) -> str:
    picture = draw_aerial(*scene)
    data = picture.label.tobytes() + picture.instance.astype('<u2').tobytes() + picture.image.tobytes()
    return hashlib.sha256(data).hexdigest()[:32]


def pixel(size: int, x: float, y: float, z: float) -> tuple[int, int]:
    """Row and column of a point in a square aerial view."""
    across, down = CAMERA.project(x, y, z)
    return int(down * size), int((across + 0.5) * size)


def share(label, name: str) -> float:
    return (label == CLASSES.index(name)).mean()


HASHES = {
    (0, 0, 64, 64): '54fc0f0e53461d97bfde848ab56d527a',
    (1, 3, 64, 128): '209268be109babf39634591216f73376',
    (5, 123456, 96, 40): '15218f81a4a4b865984c5d7a79293627',
}


@pytest.mark.parametrize('scene', HASHES)
def test_scene_is_fixed(scene):
    assert digest(*scene) == HASHES[scene]


def test_another_size_shows_the_same_world():
    agreement, difference = [], []
    for index in range(8):
        small, large = draw_aerial(0, index, 64, 64), draw_aerial(0, index, 256, 256)
        agreement.append((small.label == large.label[2::4, 2::4]).mean())
        difference.append(np.abs(large.image.reshape(64, 4, 64, 4, 3).mean((1, 3)) - small.image).mean())
    assert np.mean(agreement) > 0.9 and np.mean(difference) < 9
    wide = draw_aerial(0, 0, 64, 128)
    assert (wide.label[:, 32:96] == draw_aerial(0, 0, 64, 64).label).mean() > 0.99


def test_things_stand_where_the_description_says():
    size, found = 256, dict(roof=[], car=[], road=[], pavement=[], grass=[])
    for index in range(12):
        street, _ = describe_scene(0, index)
        label = draw_aerial(0, index, size, size).label
        names = np.array(CLASSES)[label]
        for house in (item for item in street.houses if isinstance(item, Building)):
            side, z = (1 if house.x > 0 else -1), (house.near + house.far) / 2
            row, column = pixel(size, house.x + side * house.depth / 2, house.height + house.roof, z)
            if 0 <= row < size and 2 <= column < size - 2:
                found['roof'].append(names[row, column - side] == 'roof')
        for car in (item for item in street.items if isinstance(item, Car)):
            row, column = pixel(size, car.x, car.height, car.z + car.length / 2)
            if 0 <= row < size:
                found['car'].append(names[row, column] in ('car', 'window'))
        ground = names[size // 2 - 40:size // 2 + 40]
        for name, x in (('road', 0.25 * street.road), ('pavement', street.road + 0.5 * street.pavement)):
            column = pixel(size, x, 0, 10)[1]
            found[name].append((ground[:, column] == name).mean())
        found['grass'].append((names == 'grass').any())
    assert {name: np.mean(values) > (0.6 if name in ('road', 'pavement') else 0.9)
            for name, values in found.items()} == dict.fromkeys(found, True), found


def test_both_views_agree_in_areas_and_colours():
    views = [(draw_aerial(0, i, 64, 64), draw_street(0, i, 64, 64)) for i in range(60)]
    for name, least in (('building', 0.6), ('grass', 0.5), ('foliage', 0.5)):
        areas = [[share(view.label, name) for view in pair] for pair in views]
        assert np.corrcoef(np.transpose(areas))[0, 1] > least, name
    for name, least in (('road', 0.7), ('pavement', 0.7), ('building', 0.4), ('foliage', 0.4),
                        ('car', 0.4)):
        index = CLASSES.index(name)
        colours = [[view.image[view.label == index].mean(0) for view in pair] for pair in views
                   if all((view.label == index).sum() > 5 for view in pair)]
        above, ground = np.moveaxis(np.array(colours), 1, 0)
        assert len(colours) > 30
        assert np.corrcoef(above.ravel(), ground.ravel())[0, 1] > least, name


def test_the_view_from_above_tells_the_ground_views_light():
    """In scenes that were not fitted, the road's colour from above predicts that from the ground."""
    index, pairs = CLASSES.index('road'), []
    for i in range(60):
        views = draw_aerial(3, i, 48, 48), draw_street(3, i, 48, 48)
        pairs.append([view.image[view.label == index].mean() for view in views])
    above, below = np.transpose(pairs)
    slope, offset = np.polyfit(above[:40], below[:40], 1)
    known, unknown = below[40:] - (slope * above[40:] + offset), below[40:] - below[:40].mean()
    assert (known ** 2).mean() < 0.5 * (unknown ** 2).mean()


@pytest.mark.parametrize('surface, plane, point', [
    (LEVEL, 6.5, (9.0, 6.5, 30.0)), (ALONG, 9.0, (9.0, 4.0, 31.0)), (FACING, 30.0, (9.0, 4.0, 30.0)),
    (ALONG, -7.0, (-7.0, 3.0, 5.0)), (FACING, 8.0, (-4.0, 3.0, 8.0))])
def test_a_pixel_is_located_where_its_point_was_projected_from(surface, plane, point):
    across, down = CAMERA.project(*point)
    where = CAMERA.locate(np.full((1, 1), surface, np.float32), np.full((1, 1), plane, np.float32),
                          np.array([across], np.float32), np.array([down], np.float32))
    x, y, z = point
    expected = {LEVEL: (x, z), ALONG: (z, y), FACING: (x, y)}[surface]
    assert (where.along.item(), where.up.item()) == pytest.approx(expected, abs=1e-3)
    assert where.depth.item() == pytest.approx(ALTITUDE - y, abs=1e-3)


def test_data_set_gives_the_vocabulary():
    dataset = DATASETS.build(dict(type='ToyWorldCrossView', size=(32, 48), length=10, seed=1,
                                  pipeline=[dict(type='PackTensors')]))
    batch = torch.utils.data.default_collate([dataset[0], dataset[3]])
    check_batch(batch)
    for name in ('source_image', 'target_image', 'source_guide', 'target_guide'):
        assert batch[name].shape == (2, 3, 32, 48) and batch[name].abs().max() <= 1
    assert batch['label'].shape == (2, 32, 48) and batch['name'][1] == 'cross_view_1_000003'
    assert dataset.metainfo['num_classes'] == len(CLASSES)


def test_directions_swap_everything():
    forth, back = (ToyWorldCrossView(32, 4, direction=direction)[2]
                   for direction in ('aerial_to_ground', 'ground_to_aerial'))
    for one, other in (('source_image', 'target_image'), ('source_guide', 'target_guide')):
        assert (forth[one] == back[other]).all() and (forth[other] == back[one]).all()
    for sample in (forth, back):
        assert (colourise(sample['label'], PALETTE) == sample['target_guide']).all()
    assert (forth['target_image'] == draw_street(0, 2, 32, 32).image).all()
    assert not (back['label'] == CLASSES.index('sky')).any()
    with pytest.raises(InputError, match="direction must be one of .* found 'sideways'"):
        ToyWorldCrossView(32, 4, direction='sideways')
    with pytest.raises(InputError, match='ToyWorldCrossView: size must be at least 16'):
        ToyWorldCrossView(8)
