"""Styles of regions, from one picture or two."""
import numpy as np
import pytest
import torch
from inferencers import scene

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.sean import mix_styles

SEAN = 'sean/sean_toyworld-64'
CLASSES = 7


@pytest.fixture
def drawn(build_inferencer):
    """Draws a picture of the first face's map, with the same noise each time; and two faces."""
    inferencer = build_inferencer(SEAN)
    own, other = scene(inferencer, 0), scene(inferencer, 1)
    return lambda **given: inferencer(label=own['label'], **given, seed=3, progress=False)[0], own, other


def test_the_styles_are_those_of_a_picture_under_its_own_map(drawn):
    draw, own, other = drawn
    by_own = draw(target_image=own['target_image'])
    by_other = draw(exemplar_image=other['target_image'], exemplar_label=other['label'])
    assert by_own['region_styles'].shape == (CLASSES, 6) and (by_own['image'] != by_other['image']).any()
    image = by_other['image']
    larger = {name: np.kron(array, np.ones((2, 2, 1)[:array.ndim], array.dtype)) for name, array in dict(
        exemplar_image=other['target_image'], exemplar_label=other['label']).items()}
    by_own, by_larger, by_other = (result['region_styles'] for result in (by_own, draw(**larger), by_other))
    assert np.abs(by_larger - by_other).mean() < 0.3 * np.abs(by_own - by_other).mean()  # of any size
    again = draw(region_styles=by_other)
    np.testing.assert_array_equal(again['image'], image)


@pytest.mark.parametrize(('shares', 'expected'), [
    ('a name', [0.0, 1, 0, 0, 0, 0, 0]), ([0.5] * CLASSES, [0.5] * CLASSES)])
def test_named_classes_have_another_pictures_style(drawn, build_inferencer, shares, expected):
    draw, own, other = drawn
    if shares == 'a name':
        shares = build_inferencer(SEAN).classes[1].upper()
    theirs = dict(exemplar_image=other['target_image'], exemplar_label=other['label'])
    mixed = draw(target_image=own['target_image'], **theirs, style_shares=shares)['region_styles']
    styles = [torch.tensor(result['region_styles'])[None]
              for result in (draw(target_image=own['target_image']), draw(**theirs))]
    wanted = mix_styles(*styles, share=torch.tensor(expected).view(1, -1, 1))[0]
    torch.testing.assert_close(torch.tensor(mixed), wanted)


def test_several_samples_differ_by_their_noise(build_inferencer):
    inferencer, own = build_inferencer(SEAN), scene(build_inferencer(SEAN), 0)
    for parameter in inferencer.model.generator.parameters():
        if parameter.dim() == 1 and not parameter.any():
            torch.nn.init.constant_(parameter, 0.5)  # scales of the noise start from 0
    assert inferencer.stochastic
    given = dict(label=own['label'], target_image=own['target_image'])
    result, = inferencer(**given, samples=2, seed=0, progress=False)
    assert (result['samples'][0] != result['samples'][1]).any()


def test_ccfpse_predicts_its_kernels_once_for_several_samples_of_one_map(build_inferencer):
    inferencer, seen = build_inferencer('ccfpse/ccfpse_toyworld-64'), []
    inferencer.model.generator.pyramid.register_forward_pre_hook(
        lambda _module, given: seen.append(len(given[0].original)))
    own, other = (scene(inferencer, number) for number in range(2))
    several, = inferencer(label=own['label'], instance=own['instance'], samples=3, seed=1, progress=False)
    assert seen == [1] and (several['samples'][0] != several['samples'][1]).any()
    inferencer.batch_size = 1
    alone, = inferencer(label=own['label'], instance=own['instance'], samples=3, seed=1, progress=False)
    difference = np.stack(several['samples']).astype(int) - np.stack(alone['samples'])
    assert np.abs(difference).max() <= 1
    inferencer.batch_size, seen[:] = 8, []
    inferencer(label=[own['label'], other['label']], samples=2, progress=False)
    assert seen == [4]


def test_what_is_missing_or_unknown_is_named(drawn):
    draw, own, other = drawn
    with pytest.raises(InputError, match='it needs target_image'):
        draw()
    with pytest.raises(InputError, match='it needs target_image'):
        draw(exemplar_image=other['target_image'], style_shares=[1.0] * CLASSES)
    given = dict(target_image=own['target_image'], exemplar_image=other['target_image'])
    with pytest.raises(InputError, match="there is no class 'hare'"):
        draw(**given, style_shares='hare')
    with pytest.raises(InputError, match='expected 7 finite numbers'):
        draw(**given, style_shares=[1.0, 0.0])
