"""Domains, styles and exemplars as inputs."""
import in_process
import numpy as np
import pytest
from inferencers import scene
from PIL import Image

from ggtoolbox.datasets.toyworld_domains import ToyWorldDomains
from ggtoolbox.errors import InputError

STARGAN, COCOSNET = 'stargan_v2/stargan_v2_toyworld-64', 'cocosnet/cocosnet_toyworld-64'
SKETCHES = 'sketchycoco/sketchycoco_toyworld-64'
FACES = ToyWorldDomains(length=50)


def test_a_domain_has_a_name_and_a_number_and_its_style_is_drawn_given_or_of_an_exemplar(build_inferencer):
    inferencer = build_inferencer(STARGAN)
    face = FACES[0]
    draw = lambda **given: inferencer(source_image=face['source_image'], progress=False, **given)[0]
    assert (inferencer.domains, inferencer.num_domains) == (('female', 'male'), 2)
    by_name, by_number, other = (draw(domain=domain, seed=1) for domain in ('Male', 1, 0))
    np.testing.assert_array_equal(by_name['image'], by_number['image'])
    assert (by_name['image'] != other['image']).any()
    assert (draw(domain=1, seed=2)['image'] != by_name['image']).any()
    by_exemplar = draw(domain=1, exemplar_image=face['exemplar_image'])
    np.testing.assert_array_equal(draw(domain=1, style=by_exemplar['style'])['image'], by_exemplar['image'])
    several, = inferencer(source_image=face['source_image'], domain='male', samples=3, seed=1, progress=False)
    off = several['samples'][0].astype(int) - by_name['image']
    assert np.abs(off).max() <= 1  # three together may round otherwise
    assert (several['samples'][1] != several['samples'][2]).any()


@pytest.mark.parametrize('domain', ['mole', 2, -1, 'female, male'])
def test_an_unknown_domain_is_a_sentence(build_inferencer, domain):
    inferencer = build_inferencer(STARGAN)
    with pytest.raises(InputError, match='domain: expected a domain from 0 to 1 or one of female, male'):
        inferencer(source_image=FACES[0]['source_image'], domain=domain, progress=False)


def test_a_layout_gets_the_look_of_an_exemplar_of_any_size(build_inferencer):
    inferencer = build_inferencer(COCOSNET)
    wanted, look = scene(inferencer, 0), scene(inferencer, 1)
    draw = lambda factor=1: inferencer(label=wanted['label'], progress=False, **{
        f'exemplar_{name}': np.kron(look[field], np.ones((factor, factor, 1)[:look[field].ndim], np.uint8))
        for name, field in (('image', 'target_image'), ('label', 'label'))})[0]
    assert draw()['image'].shape == draw()['warped_image'].transpose(1, 2, 0).shape == (64, 64, 3)
    assert np.abs(draw(2)['warped_image'] - draw()['warped_image']).mean() < 0.2
    with pytest.raises(InputError, match='it needs exemplar_image, exemplar_label, found label'):
        inferencer(label=wanted['label'], progress=False)


def test_the_command_line_takes_a_domain_by_name(build_inferencer, tmp_path):
    cfg, checkpoint = build_inferencer.config(STARGAN)
    for number in range(2):
        Image.fromarray(FACES[number]['source_image']).save(tmp_path / f'{number}.png')
    cfg.dump(tmp_path / 'config.py')
    in_process.run('infer.py', tmp_path / 'config.py', checkpoint, tmp_path / '0.png', '--domain', 'male',
                   '--exemplar-image', tmp_path / '1.png', '--out', tmp_path / 'out', '--no-progress')
    assert Image.open(tmp_path / 'out' / '0.png').size == (64, 64)


def test_what_is_given_by_its_place_is_the_sketch_and_not_what_it_is_of(build_inferencer, tmp_path):
    cfg, checkpoint = build_inferencer.config(SKETCHES)
    cfg.dump(tmp_path / 'config.py')
    Image.fromarray(np.full((64, 64, 3), 255, np.uint8)).save(tmp_path / 'sketch.png')
    draw = lambda *domain, **how: in_process.run('infer.py', tmp_path / 'config.py', checkpoint,
                                                 tmp_path / 'sketch.png', *domain, '--out', tmp_path / 'out',
                                                 '--no-progress', **how)
    draw('--domain', 'hand')
    assert Image.open(tmp_path / 'out' / 'sketch.png').size == (64, 64)
    assert 'it needs domain, found source_guide' in draw(fails=True)
    said = draw('--source-guide', tmp_path / 'sketch.png', fails=True)  # the class is all that is left
    assert f"face, hand, figure, found '{tmp_path / 'sketch.png'}'" in said
