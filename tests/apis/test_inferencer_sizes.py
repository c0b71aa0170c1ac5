"""Which fields a model takes, how samples get its size, and how maps are shown."""
import numpy as np
import pytest
from mmengine.config import Config, ConfigDict
from PIL import Image
from torch import nn

from ggtoolbox.apis.reading.fields import Fields, fields_of
from ggtoolbox.apis.reading.fitting import Fitting
from ggtoolbox.apis.reading.results import map_pictures
from ggtoolbox.apis.reading.test_data import test_settings
from ggtoolbox.apis.reading.values import KeyPoints
from ggtoolbox.datasets.face_landmarks import FACE_CLASSES
from ggtoolbox.datasets.hand_pose import skeleton_picture
from ggtoolbox.datasets.person_pose import heat_maps
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import TestInputs

PALETTE = [(0, 0, 0), (255, 0, 0)]


def hand():
    rng = np.random.RandomState(0)
    return np.concatenate([rng.uniform(2, 30, (21, 2)), np.ones((21, 1))], axis=1).astype(np.float32)


# Fields

def test_edges_and_instances_are_not_asked_for_but_taken():
    fields = fields_of(TestInputs(('label', 'edge')), {})
    assert (fields.required, fields.optional) == (('label',), ('instance',))
    assert fields_of(TestInputs(('edge',)), {}).required == ('instance',)
    assert fields_of(TestInputs(('label',)), {}).optional == ()
    with pytest.raises(InputError, match='m: it does not read edge; it reads label .and takes instance.'):
        fields.check(dict(label=0, edge=0), 'm')


def test_required_fields_come_first_and_key_points_stand_for_guides():
    fields = fields_of(TestInputs(('source_image', 'target_guide')), dict(joints=range(21)))
    assert list(fields.check(dict(keypoints=1, source_image=2), 'm')) == ['source_image', 'keypoints']
    face = fields_of(TestInputs(('label', 'attributes'), ('latent',)), dict(classes=FACE_CLASSES))
    assert face.drawn_as == dict(keypoints='label') and 'latent' in face.optional
    views = fields_of(TestInputs(('source_image', 'target_guide')), dict(guide_palette=PALETTE))
    assert views.drawn_as == {} and views.check(dict(source_image=1, label=2), 'm')
    assert str(Fields((), ('latent',), {})) == 'nothing that must be given (and takes latent)'


# Sizes

CROP = [dict(type='ResizeAndCrop', load_size=36, crop_size=32, position='centre'), dict(type='PackTensors')]


def fitting(size=None, pipeline=(), fixed=None, channels=3, dataset=None):
    network = nn.Identity()
    network.image_size = fixed
    settings = ConfigDict(pipeline=list(pipeline), **(dict(size=size) if size else {}))
    return Fitting(settings, network, channels, dataset)


def test_label_maps_are_resized_by_nearest_and_pictures_smoothly():
    label = np.random.RandomState(0).randint(0, 2, (48, 40)).astype(np.uint8) * 3
    picture = np.random.RandomState(0).randint(0, 255, (20, 20, 3)).astype(np.uint8)
    fit = fitting(size=(32, 16))
    fitted, way = fit(dict(label=label, source_image=picture))
    assert fit.size == fitted['label'].shape == (32, 16) and set(np.unique(fitted['label'])) == {0, 3}
    expected = np.asarray(Image.fromarray(picture).resize((16, 32), Image.Resampling.BICUBIC))
    np.testing.assert_array_equal(fitted['source_image'], expected)
    assert way == (None, None)


def test_the_pipelines_geometry_is_applied():
    picture = np.random.RandomState(0).randint(0, 255, (64, 64, 3)).astype(np.uint8)
    fit = fitting(pipeline=CROP)
    fitted, _ = fit(dict(source_image=picture, target_guide=picture))
    expected = np.asarray(Image.fromarray(picture).resize((36, 36), Image.Resampling.BICUBIC))[2:34, 2:34]
    assert fit.size == (32, 32)
    np.testing.assert_array_equal(fitted['source_image'], expected)
    np.testing.assert_array_equal(fitted['target_guide'], expected)


def test_a_generator_of_any_size_pads_and_crops_back():
    label = np.arange(20 * 33, dtype=np.int32).reshape(20, 33)
    fitted, way = fitting(size=(64, 48))(dict(label=label), to_model=False)
    assert fitted['label'].shape == (32, 48)  # multiples of 16
    np.testing.assert_array_equal(fitted['label'][:20, :33], label)
    assert (fitted['label'][25, :33] == label[-1]).all()
    assert way.back(np.zeros((32, 48, 3), np.uint8), (32, 48)).shape == (20, 33, 3)
    assert way.back(np.zeros((5, 32, 48), np.float32), (32, 48)).shape == (5, 20, 33)
    assert way.back(np.zeros(7, np.float32), (32, 48)).shape == (7,)


def test_a_generator_of_one_size_gets_it_and_its_picture_is_resized_back():
    label = np.zeros((50, 40), np.uint8)
    fitted, way = fitting(size=(32, 32), fixed=(32, 32))(dict(label=label), to_model=False)
    assert fitted['label'].shape == (32, 32)
    assert way.back(np.zeros((32, 32, 3), np.uint8), (32, 32)).shape == (50, 40, 3)


def test_key_points_are_scaled_to_the_model():
    points = KeyPoints(hand(), 'here')
    fit, large = fitting(size=(64, 64)), np.zeros((32, 128, 3), np.uint8)
    scaled = points.points * np.array([0.5, 2, 1], np.float32)
    fitted, _ = fit(dict(source_image=large, target_guide=points))
    np.testing.assert_array_equal(fitted['target_guide'], skeleton_picture(scaled, (64, 64)))
    np.testing.assert_array_equal(fit(dict(target_guide=points), keypoints_size=(32, 128))[0]['target_guide'],
                                  fitted['target_guide'])
    np.testing.assert_array_equal(fit(dict(target_guide=points))[0]['target_guide'],
                                  skeleton_picture(points.points, (64, 64)))


def test_key_points_move_with_the_pictures_of_a_pipeline():
    picture = np.zeros((32, 32, 3), np.uint8)
    fitted, _ = fitting(pipeline=CROP)(dict(source_image=picture, target_guide=KeyPoints(hand(), 'here')))
    drawn = skeleton_picture(hand(), (32, 32))
    expected, _ = fitting(pipeline=CROP)(dict(target_guide=drawn))
    np.testing.assert_array_equal(fitted['target_guide'], expected['target_guide'])


def test_heat_maps_are_drawn_at_the_models_size_with_the_data_sets_sigma():
    points = np.stack([np.arange(18), np.arange(18), np.ones(18)], axis=1).astype(np.float32)
    class Data:
        sigma = 1.5
    fitted, _ = fitting(size=(32, 16), channels=18, dataset=Data())(dict(target_guide=KeyPoints(points, 'p')))
    np.testing.assert_array_equal(fitted['target_guide'], heat_maps(points, (32, 16), 1.5))


def test_sizes_that_do_not_fit_are_named():
    label, picture = np.zeros((8, 8), np.uint8), np.zeros((8, 9, 3), np.uint8)
    with pytest.raises(InputError, match="instance: expected the label map's 8 x 8 pixels, found 9 x 8"):
        fitting(size=8)(dict(label=label, instance=picture[..., 0]))
    with pytest.raises(InputError, match='one size where they are not resized, found label 8 x 8 pixels'):
        fitting(size=8)(dict(label=label, source_image=picture), to_model=False)
    with pytest.raises(InputError, match='target_guide: maps must be 8 x 8 pixels, found 4 x 4 pixels'):
        fitting(size=8, channels=18)(dict(target_guide=np.zeros((18, 4, 4), np.float32)))
    with pytest.raises(InputError, match='here: keypoints_size must say'):
        fitting()(dict(target_guide=KeyPoints(hand(), 'here')))
    with pytest.raises(InputError, match='here: 21 key points cannot be drawn as a guide of 18 channels'):
        fitting(size=8, channels=18)(dict(target_guide=KeyPoints(hand(), 'here')))


def test_the_settings_of_wrapped_test_data_are_found():
    inner = dict(type='ToyWorldStreet', size=64)
    cfg = Config(dict(test_dataloader=dict(dataset=dict(type='RepeatDataset', dataset=inner))))
    assert test_settings(cfg).type == 'ToyWorldStreet'
    with pytest.raises(InputError, match='expected a test_dataloader'):
        test_settings(Config(dict(model=dict(type='x'))))


def test_maps_are_shown_in_their_range():
    result = dict(name='a', image=np.zeros((2, 2, 3), np.uint8), weight=np.full((1, 2, 2), 0.5, np.float32),
                  image_like=np.zeros((3, 2, 2), np.float32) - 1, logits=np.array([[[-4.0, 4]], [[-9, 0]]]),
                  factors=np.ones(3), constant=np.full((1, 2, 2), 7.0))
    shown = map_pictures(result)
    assert set(shown) == {'weight', 'image_like', 'logits', 'constant'}
    assert shown['weight'].shape == (2, 2, 3) and (shown['weight'] == 128).all()
    assert (shown['image_like'] == 0).all() and shown['logits'][0, :, 0].tolist() == [0, 255]
    assert (shown['constant'] == 0).all()
