import numpy as np
import pytest
import torch
from skimage.metrics import structural_similarity
from stubs import ColourNetwork, evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.pckh import correct_keypoints, head_box
from ggtoolbox.evaluation.metrics.person_ssim import person_ssim
from ggtoolbox.evaluation.strip import jpeg_again, strip_pair
from ggtoolbox.registry import METRICS
from ggtoolbox.structures import image_to_uint8


def pictures(size=(32, 24)):
    sample = samples(1, size)[0]
    return tuple(image_to_uint8(sample[field]) // 2 + 40 for field in ('image', 'target_image'))


def test_eleven_taps_are_todays_scikit_image():
    generated, target = pictures()
    expected = structural_similarity(target, generated, channel_axis=2, gaussian_weights=True, sigma=1.5,
                                     use_sample_covariance=False,
                                     data_range=int(generated.max()) - int(generated.min()))
    assert person_ssim(generated, target, 11) == pytest.approx(expected, abs=1e-12)
    assert 1e-6 < abs(person_ssim(generated, target, 13) - expected) < 1e-2


def test_a_generated_image_of_one_colour():
    flat, (picture, _) = np.full((32, 24, 3), 90, np.uint8), pictures()
    assert person_ssim(flat, flat) == 1
    assert person_ssim(flat, picture) == 0


def test_white_columns_raise_it_and_names_tell():
    found = samples(3, size=(32, 24))
    plain, white, old = (METRICS.build(dict(type='PersonSSIM', **more))
                         for more in ({}, dict(white_columns=40), dict(taps=11, jpeg=False)))
    assert (plain.name, white.name, old.name) == ('SSIM_person', 'SSIM_person_fashion',
                                                  'SSIM_person_11_taps_no_jpeg')
    assert evaluate(white, found)['SSIM_person_fashion'] > evaluate(plain, found)['SSIM_person']
    with pytest.raises(InputError, match='taps must be 13 or 11, found 12'):
        METRICS.build(dict(type='PersonSSIM', taps=12))
    with pytest.raises(InputError, match='11 x 11 pixels at least, found 8 x 8'):
        evaluate(plain, samples(1, size=(8, 8)))


def test_the_masked_frame_outside_counts_as_agreement():
    sample = samples(1, size=(128, 64))[0]
    masked = METRICS.build(dict(type='MaskSSIM'))
    hidden = dict(sample, keypoints=torch.zeros(18, 3))
    assert evaluate(masked, [hidden])['Mask-SSIM'] == 1
    shown = evaluate(masked, [sample])['Mask-SSIM']
    assert evaluate(METRICS.build(dict(type='PersonSSIM')), [sample])['SSIM_person'] < shown < 1


def test_the_strip_is_the_scripts():
    sample = samples(1, size=(32, 16))[0]
    generated, target = (image_to_uint8(sample[field]) for field in ('image', 'target_image'))
    source = np.full_like(target, 200)
    sample['source_image'] = torch.full((3, 32, 16), 200 / 255 * 2 - 1 + 1e-3)
    sample['keypoints'] = torch.zeros(18, 3)
    black = np.zeros_like(target)
    strip = jpeg_again(np.concatenate([source, black, target, black, generated], 1))
    found = strip_pair(sample, 'image', 'target_image', 'x')
    assert np.array_equal(found[0], strip[:, 64:]) and np.array_equal(found[1], strip[:, 32:48])
    assert not np.array_equal(found[0], generated)
    untouched = strip_pair(sample, 'image', 'target_image', 'x', jpeg=False)
    assert np.array_equal(untouched[0], generated) and np.array_equal(untouched[1], target)


@pytest.fixture
def person():
    """Nose at (10, 10), neck at (14, 18): a head box of 4 x 8; right shoulder at (8, 20)."""
    keypoints = np.zeros((18, 3))
    keypoints[0], keypoints[1], keypoints[2] = (10, 10, 1), (14, 18, 1), (8, 20, 1)
    return keypoints


def test_pckh_is_strict_along_each_axis(person):
    assert head_box(person) == (4, 8)
    for shift, correct in (((1.9, 3.9), 3), ((2, 0), 0), ((0, 4), 0), ((-1.9, 0), 3)):
        predicted = person.copy()
        predicted[:3, :2] += shift
        assert correct_keypoints(predicted, person) == (correct, 3)


def test_joints_that_are_missing(person):
    predicted = person.copy()
    predicted[2, 2] = 0  # not found: wrong
    predicted[5] = (1, 1, 1)  # not asked for: does not count
    assert correct_keypoints(predicted, person) == (2, 3)
    headless = person.copy()
    headless[0, 2] = 0
    assert head_box(headless) is None
    assert correct_keypoints(headless, headless) == (0, 0)
    flat = person.copy()
    flat[1, 0] = 10  # a box without width
    assert correct_keypoints(flat, flat) == (0, 3)


def test_pckh_pools_joints_and_counts_images_with_heads(person):
    headless = np.zeros((18, 3))
    wrong = person + np.array([50, 0, 0])
    found = [dict(name=str(i), keypoints=target, predicted_keypoints=predicted) for i, (target, predicted)
             in enumerate([(person, person), (person, wrong), (headless, headless)])]
    metric = METRICS.build(dict(type='PCKh'))
    assert evaluate(metric, found) == dict(PCKh=0.5)
    assert metric.counts == dict(PCKh=2)
    assert np.isnan(evaluate(metric, found[2:])['PCKh'])
    with pytest.raises(InputError, match='shape \\(17, 3\\), expected \\(18, 3\\)'):
        evaluate(metric, [dict(found[0], predicted_keypoints=person[1:])])


def test_a_detector_finds_the_maxima():
    class Detector(torch.nn.Module):
        def forward(self, image):
            maps = torch.zeros(len(image), 18, 16, 8)
            for joint, (row, column) in enumerate([(5, 5), (9, 7), (10, 4)]):
                maps[:, joint, row, column] = 1
            return dict(heat_maps=maps)

    keypoints = np.zeros((18, 3))
    keypoints[:3] = [(10, 10, 1), (14, 18, 1), (8, 20, 1)]  # twice the maps' places
    sample = dict(name='a', image=torch.zeros(3, 32, 16), keypoints=keypoints)
    assert evaluate(METRICS.build(dict(type='PCKh', detector=Detector())), [sample]) == dict(PCKh=1)


def test_l1_by_hand():
    sample = dict(name='a', image=torch.full((3, 8, 8), -1.0), target_image=torch.ones(3, 8, 8))
    metric = METRICS.build(dict(type='PersonL1', jpeg=False))
    assert evaluate(metric, [sample]) == dict(L1_person_no_jpeg=pytest.approx(2))
    metric = METRICS.build(dict(type='PersonL1', jpeg=False, white_columns=4))
    assert evaluate(metric, [sample]) == dict(L1_person_fashion_no_jpeg=pytest.approx(1))


def test_a_sample_without_key_points():
    sample = samples(1)[0]
    del sample['keypoints']
    for kind, network in (('MaskSSIM', {}), ('MaskInceptionScore', dict(network=ColourNetwork()))):
        with pytest.raises(InputError, match="the sample '0' has no 'keypoints'"):
            evaluate(METRICS.build(dict(type=kind, **network)), [sample])
