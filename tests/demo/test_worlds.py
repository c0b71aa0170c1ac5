from pathlib import Path

import numpy as np
import pytest
from worlds import WORLDS, instances

from ggtoolbox.apis import load_config
from ggtoolbox.datasets.toyworld import street_classes as street
from ggtoolbox.errors import InputError

CONFIGS = Path(__file__).parents[2] / 'configs'
SIZES = dict(ToyWorldFigure=(64, 32))


def data_of(config):
    return load_config(CONFIGS / f'{config}.py').test_dataloader.dataset


@pytest.fixture(params=WORLDS)
def world(request):
    kind = request.param
    if kind == 'KeypointPairs':
        return WORLDS[kind].of(data_of('gesturegan/gesturegan_hands-96'))
    data = dict(type=kind.rpartition('+')[2], size=SIZES.get(kind, (64, 64)), seed=1)
    return WORLDS[kind].of(data)


def test_an_untouched_scene_has_the_fields_of_its_data_set(world):
    scene, sample = world.scene(5), world.draw(5)
    fields = world.fields(scene.drawing, scene.source_drawing, scene.source)
    assert {'label', 'target_guide', 'domain', 'attributes'} & set(fields)
    if 'source_attributes' in sample:  # the page begins with a face's own
        sample = {**sample, 'attributes': sample['source_attributes']}
    for name in fields.keys() - {'instance', 'exemplar_image', 'exemplar_label', 'domain'}:
        # Key points are handed over in hundredths of a pixel.
        assert np.isclose(fields[name].astype(float), sample[name], atol=0.01).mean() > 0.97, name


def test_every_world_says_what_to_do(world):
    sample = world.draw(0)
    image = sample.get('target_image', sample.get('source_image'))
    assert world.title and world.hint and world.size == image.shape[:2]


def test_a_sketch_is_black_on_white_and_of_a_class_that_is_chosen():
    world = WORLDS['ToyWorldObjects'].of(dict(type='ToyWorldObjects', seed=1))
    scene, lines = world.scene(4), np.zeros((64, 64), np.uint8)
    lines[10, 5:30] = 1
    guide = world.fields(world.canvas.show(lines), None, scene.source)['source_guide']
    assert world.domains[scene.source['domain']] == world.domains[1] and guide.shape == (64, 64, 3)
    assert not guide[10, 5:30].any() and (guide[lines == 0] == 255).all()


def test_photographed_hands_are_those_of_the_page_and_of_any_number():
    world = WORLDS['KeypointPairs'].of(data_of('gesturegan/gesturegan_hands-96'))
    first, second, again = (world.scene(index).drawing for index in (0, 1, len(world.dataset)))
    assert first == again != second
    with pytest.raises(InputError, match='keypoints.json: expected the 68 points of joints, found 21'):
        WORLDS['KeypointPairs'].of(data_of('c2gan/c2gan_faces-128'))


def test_another_source_image_keeps_the_joints():
    world = WORLDS['ToyWorldHand'].of(dict(type='ToyWorldHand', seed=1))
    scene = world.scene(0)
    shown = world.show_source(np.zeros((64, 64, 3), np.uint8), scene.source_drawing)
    assert shown != scene.source_drawing
    assert (world.canvas.read(shown) == world.canvas.read(scene.source_drawing)).all()


def test_each_region_of_a_thing_is_an_instance():
    label = np.full((8, 8), street.ROAD, np.uint8)
    label[1:3, 1:3], label[3, 1:3] = street.CAR, street.WHEEL
    label[1:3, 5:7] = street.CAR
    label[6] = street.GRASS
    label[7, 0] = street.PERSON
    ids = instances(label)
    assert ids[1, 1] == ids[3, 1] >= street.FIRST_INSTANCE and len(np.unique(ids)) == 5
    assert ids[1, 1] != ids[1, 5] and (ids[0] == street.ROAD).all() and (ids[6] == street.GRASS).all()
    assert (ids[:3] != ids[7, 0]).all()
