"""What the Inferencer makes is what tools/test.py makes of the same sample."""
import numpy as np
import pytest
import torch
from inferencers import FACE, FIGURE, HAND, LATENT, PIX2PIX, STREET, VIEWS, scene
from PIL import Image

from ggtoolbox.apis.running import build_test_runner
from ggtoolbox.datasets.files import read_image
from ggtoolbox.datasets.palette import colourise
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import image_to_uint8


@pytest.mark.parametrize(('name', 'given'), [
    (STREET, ['label', 'instance']),
    (VIEWS, ['source_image', 'target_guide']),
    (VIEWS, ['source_image', 'label']),
    (FIGURE, ['source_image', 'source_guide', 'target_guide']),
    (FIGURE, ['source_image', 'source_keypoints', 'keypoints']),
    (HAND, ['source_image', 'target_guide']),
    (HAND, ['source_image', 'keypoints']),
    ('c2gan/c2gan_toyworld-64', ['source_image', 'keypoints']),
])
def test_it_equals_the_test_tool(name, given, build_inferencer, tmp_path):
    cfg, checkpoint = build_inferencer.config(name)
    cfg = cfg.copy()
    cfg.work_dir, cfg.test_evaluator = str(tmp_path / 'run'), [dict(type='PSNR')]
    build_test_runner(cfg, checkpoint, out=str(tmp_path)).test()
    inferencer = build_inferencer(name)
    scenes = [scene(inferencer, number) for number in range(3)]
    results = inferencer(**{field: [sample[field] for sample in scenes] for field in given}, progress=False)
    expected = [read_image(tmp_path / 'images' / f'{sample["name"]}.png') for sample in scenes]
    assert np.std(expected[0]) > 1 and not np.array_equal(expected[0], expected[1])
    for result, image in zip(results, expected, strict=True):
        np.testing.assert_array_equal(result['image'], image)


@pytest.mark.parametrize('given', [['label', 'attributes'], ['keypoints', 'attributes'], []])
def test_with_a_given_latent_it_equals_the_model(given, build_inferencer):
    inferencer = build_inferencer(FACE if given else LATENT)
    sample, latent = scene(inferencer), np.linspace(-1, 1, inferencer.latent_dim, dtype=np.float32)
    dataset = DATASETS.build(inferencer.cfg.test_dataloader.dataset)
    batch = {field: value[None] for field, value in dataset[0].items() if field != 'name'}
    expected = inferencer.model.test_step(dict(batch, latent=torch.from_numpy(latent)[None]))[0]['image']
    result, = inferencer(**{field: sample[field] for field in given}, latent=latent, progress=False)
    np.testing.assert_array_equal(result['image'], image_to_uint8(expected))


def test_every_form_of_an_input_is_the_same(build_inferencer, tmp_path):
    inferencer = build_inferencer()
    label = scene(inferencer)['label']
    Image.fromarray(label).save(tmp_path / 'a.png')
    Image.fromarray(colourise(label, inferencer.palette)).save(tmp_path / 'colours.png')
    forms = [label, label.astype(np.int64), torch.from_numpy(label).long(), Image.fromarray(label),
             tmp_path / 'a.png', str(tmp_path / 'a.*'), str(tmp_path / 'colours.png'), label[None],
             colourise(label, inferencer.palette)]
    first, *others = inferencer(label=[*forms], progress=False)
    for other in others:  # the last batch is smaller, which may round otherwise
        np.testing.assert_allclose(other['image'].astype(int), first['image'], atol=1)
    named, = inferencer(label=tmp_path / 'a.png', progress=False)
    np.testing.assert_allclose(named['image'].astype(int), first['image'], atol=1)
    assert first['name'] == '000000' and named['name'] == 'a'


def test_a_picture_given_as_a_tensor_keeps_its_bytes(build_inferencer):
    inferencer = build_inferencer(HAND)
    sample = scene(inferencer)
    tensor = torch.from_numpy(sample['source_image'].transpose(2, 0, 1) / 255).float() * 2 - 1
    results = inferencer(source_image=[sample['source_image'], tensor], target_guide=sample['target_guide'],
                         progress=False)
    np.testing.assert_array_equal(results[0]['image'], results[1]['image'])


def test_it_says_what_the_model_wants(build_inferencer):
    street, figure, face = build_inferencer(), build_inferencer(FIGURE), build_inferencer(FACE)
    assert street.fields.required == ('label',) and street.fields.optional == ('instance',)
    assert (street.size, street.num_classes, len(street.classes)) == ((64, 64), 17, 17)
    assert street.palette.shape == (17, 3) and not street.stochastic and street.latent_dim is None
    assert figure.fields.required == ('source_image', 'source_guide', 'target_guide')
    assert figure.fields.drawn_as == dict(keypoints='target_guide', source_keypoints='source_guide')
    assert figure.size == (64, 32) and len(figure.joints) == 18 and figure.classes is None
    assert face.fields.required == ('label', 'attributes') and face.num_attributes == 5
    assert face.attributes[3] == 'Male' and face.latent_dim == 64 and face.stochastic


def test_edges_come_from_instances_or_else_from_the_label_map(build_inferencer):
    inferencer = build_inferencer()
    sample = scene(inferencer)
    with_instances, = inferencer(label=sample['label'], instance=sample['instance'], progress=False)
    without, = inferencer(label=sample['label'], progress=False)
    stood_in, = inferencer(label=sample['label'], instance=sample['label'], progress=False)
    assert not np.array_equal(with_instances['image'], without['image'])
    np.testing.assert_array_equal(without['image'], stood_in['image'])


def test_a_model_of_instance_styles_takes_them_from_a_real_image(build_inferencer):
    inferencer = build_inferencer('pix2pixhd/pix2pixhd_encoder_toyworld-64')
    assert inferencer.fields.required == ('label', 'target_image')
    first, second = scene(inferencer, 0), scene(inferencer, 1)
    one, other = inferencer(label=first['label'], instance=first['instance'],
                            target_image=[first['target_image'], second['target_image']], progress=False)
    assert not np.array_equal(one['image'], other['image'])


def test_samples_differ_and_a_seed_repeats_them_whatever_the_batch(build_inferencer):
    sample = scene(build_inferencer(FACE))
    given = dict(label=sample['label'], attributes='Male, young', samples=3, progress=False)
    results = [build_inferencer(FACE, batch_size=size)(**given, seed=4)[0] for size in (1, 2, 8)]
    drawn = np.stack(results[0]['samples'])
    assert drawn.shape == (3, 64, 64, 3) and not np.array_equal(drawn[0], drawn[1])
    np.testing.assert_array_equal(results[0]['image'], drawn[0])
    for other in results[1:]:
        assert np.abs(np.stack(other['samples']).astype(int) - drawn).max() <= 1
    another = build_inferencer(FACE)(**given, seed=5)[0]
    assert not np.array_equal(another['image'], drawn[0])


def test_dropout_at_test_is_repeated_by_a_seed_and_leaves_the_callers_generator(build_inferencer):
    inferencer = build_inferencer(PIX2PIX)
    sample = scene(inferencer)
    given = dict(source_image=sample['source_image'], target_guide=sample['target_guide'], progress=False)
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    first, again = inferencer(**given, seed=3)[0]['image'], inferencer(**given, seed=3)[0]['image']
    assert torch.equal(torch.rand(2), expected)
    np.testing.assert_array_equal(first, again)
    assert inferencer.stochastic and not np.array_equal(first, inferencer(**given, seed=9)[0]['image'])


def test_a_picture_does_not_depend_on_its_neighbours(build_inferencer):
    inferencer = build_inferencer(PIX2PIX, cfg_options={'model.options.dropout_at_test': False})
    samples = [scene(inferencer, number) for number in range(3)]
    assert inferencer.model.options.norm_at_test == 'batch'
    given = {field: [sample[field] for sample in samples] for field in ('source_image', 'target_guide')}
    together = inferencer(**given, progress=False)
    alone, = inferencer(**{field: values[1] for field, values in given.items()}, progress=False)
    np.testing.assert_array_equal(together[1]['image'], alone['image'])


def test_amp_is_near(build_inferencer):
    label = scene(build_inferencer())['label']
    exact, = build_inferencer()(label=label, progress=False)
    fast, = build_inferencer(amp=True)(label=label, progress=False)
    difference = np.abs(exact['image'].astype(int) - fast['image'])
    assert 0 < difference.mean() < exact['image'].std() / 4


def test_mistakes_are_named(build_inferencer):
    street, hand = build_inferencer(), build_inferencer(HAND)
    sample = scene(hand)
    with pytest.raises(InputError, match='it does not read source_image; it reads label'):
        street(source_image=sample['source_image'])
    with pytest.raises(InputError, match='needs target_guide, found source_image; it reads source_image, '):
        hand(source_image=sample['source_image'])
    with pytest.raises(InputError, match='needs label, found nothing'):
        street()
    with pytest.raises(InputError, match='only one of them can be given'):
        hand(**{field: sample[field] for field in ('source_image', 'target_guide', 'keypoints')})
    with pytest.raises(InputError, match='samples must be 1, because it draws nothing at random, found 2'):
        street(label=scene(street)['label'], samples=2)
    with pytest.raises(InputError, match='samples must be 1, because .* found 0'):
        street(label=scene(street)['label'], samples=0)
    with pytest.raises(InputError, match='batch_size must be at least 1'):
        build_inferencer(batch_size=0)
