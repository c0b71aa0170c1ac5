"""Feature networks by name, statistics, precision to coverage, and the check for copies."""
import numpy as np
import pytest
import torch
from PIL import Image
from scipy.stats import mannwhitneyu
from stubs import ColourNetwork, evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.memorisation import share_close, share_nearer
from ggtoolbox.evaluation.metrics.prdc import precision_recall_density_coverage
from ggtoolbox.models.backbones import EfficientNetLite0
from ggtoolbox.registry import METRICS

LITE = dict(feature_network='EfficientNetLite0')


def test_every_distance_takes_a_network_by_name_and_says_so():
    found = samples(4, size=(40, 40))
    names = {}
    for kind, options in (('FID', {}), ('KID', dict(subsets=1)), ('PRDC', dict(neighbours=2)), ('LPIPS', {}),
                          ('FRD', {}), ('Diversity', {})):
        metric = METRICS.build(dict(type=kind, **LITE, **options))
        names[kind] = list(evaluate(metric, found))
        assert names[kind] == list(metric.value_names) and 'EfficientNetLite0' in metric.protocol
    assert names == dict(
        FID=['FD_EfficientNetLite0'], KID=['KID_EfficientNetLite0', 'KID_EfficientNetLite0_std'],
        PRDC=[f'{what}_EfficientNetLite0' for what in ('Precision', 'Recall', 'Density', 'Coverage')],
        LPIPS=['LPIPS_EfficientNetLite0'], FRD=['FRD_EfficientNetLite0', 'FRD_EfficientNetLite0_script'],
        Diversity=['Diversity_EfficientNetLite0'])


def test_sets_are_compared_by_the_pooled_features_of_resized_pictures():
    found = samples(3, size=(40, 40))
    metric = METRICS.build(dict(type='KID', **LITE))
    row = metric.features.of_samples(found, dict(real='target_image'))[1]['real']
    levels = torch.floor((found[1]['target_image'] + 1) / 2 * 255) / 255 * 2 - 1
    network = EfficientNetLite0(layers=('pool',), size=224)
    np.testing.assert_allclose(row, network(levels[None])['pool'][0], rtol=1e-4, atol=1e-4)
    deeper = METRICS.build(dict(type='FID', layer='stage2', **LITE))
    assert deeper.features.of_samples(found, dict(real='image'))[0]['real'].shape == (24,)


def test_an_unknown_name_or_missing_weights_end_in_a_sentence(monkeypatch, tmp_path):
    with pytest.raises(InputError, match="KID_EffNet: there is no feature network or judge 'EffNet'"):
        METRICS.build(dict(type='KID', feature_network='EffNet'))
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    for kind in ('FID', 'LPIPS', 'FRD'):
        with pytest.raises(InputError, match='_VGG19: download https://.*vgg19-dcbb9e9d.pth'):
            METRICS.build(dict(type=kind, feature_network='VGG19'))


def build(kind, **options):
    return METRICS.build(dict(type=kind, feature_network=ColourNetwork(), **options))


@pytest.mark.parametrize('kind, options', [
    ('FID', {}), ('KID', dict(subsets=2)), ('PRDC', dict(neighbours=3))])
def test_statistics_stand_for_the_real_images(tmp_path, kind, options):
    found = samples(20)
    features = build('FID').features.of_samples(found, dict(real='target_image'))
    rows = np.stack([row['real'] for row in features])
    path = tmp_path / 'real.npz'
    arrays = dict(mu=rows.mean(0), sigma=np.cov(rows, rowvar=False), features=rows)
    np.savez(path, **arrays, network='ColourNetwork/pool')
    alone = [dict(name=sample['name'], image=sample['image']) for sample in found]
    expected = evaluate(build(kind, **options), found)
    values = evaluate(build(kind, statistics=str(path), **options), alone)
    assert values == pytest.approx(expected, rel=1e-5) and len(values) == len(expected)
    np.savez(path, **arrays, network='ResNet50/pool')
    with pytest.raises(InputError, match='statistics of ResNet50/pool, expected ColourNetwork/pool'):
        build(kind, statistics=str(path), **options)
    np.savez(path, **arrays, network=np.array([{}]))
    with pytest.raises(InputError, match="expected 'network' to be text"):
        build(kind, statistics=str(path), **options)
    np.savez(path, **{name: array[..., :3] for name, array in arrays.items()})
    with pytest.raises(InputError, match='expected mu|of 3 features, expected 12'):
        evaluate(build(kind, statistics=str(path), **options), alone)


def test_precision_to_coverage_ball_by_ball():
    generated, real = np.random.default_rng(0).normal(size=(2, 12, 3))
    generated = generated[:9] + 0.5
    k = 3

    def balls(rows):
        return [sorted(np.linalg.norm(row - other) for other in rows)[k] for row in rows]
    inside = [[np.linalg.norm(x - y) < radius for y in generated] for x, radius in zip(real, balls(real))]
    back = [[np.linalg.norm(x - y) < radius for y, radius in zip(generated, balls(generated))] for x in real]
    expected = (np.mean(np.any(inside, 0)), np.mean(np.any(back, 1)), np.sum(inside) / k / len(generated),
                np.mean(np.any(inside, 1)))
    assert precision_recall_density_coverage(generated, real, k) == pytest.approx(expected)
    assert precision_recall_density_coverage(real, real, k)[:2] == (1, 1)
    assert precision_recall_density_coverage(real + 99, real, k) == (0, 0, 0, 0)
    with pytest.raises(InputError, match='needs at least 6 generated images, found 5'):
        evaluate(build('PRDC'), samples(5))


def test_shares_of_nearer_images():
    random = np.random.default_rng(0)
    generated, real = random.integers(0, 9, 20) / 4, random.integers(2, 9, 30) / 4
    expected = mannwhitneyu(generated, real).statistic / 600  # pairs in which the generated one is farther
    assert share_nearer(generated, real) == pytest.approx(1 - expected)
    assert share_close(np.array([0, 0.2, 3, 4]), np.linspace(1, 2, 41)) == 0.5


def test_copies_of_training_images_are_found(tmp_path):
    training, test = samples(30, seed=1), samples(40, seed=2)
    for index, sample in enumerate(training):
        picture = ((sample['target_image'] + 1) / 2 * 255).to(torch.uint8).permute(1, 2, 0).numpy()
        Image.fromarray(picture).save(tmp_path / f't{index:02}.png')
    copied = [dict(sample, image=training[index % 30]['target_image']) for index, sample in enumerate(test)]
    honest = [dict(sample, image=other['target_image']) for sample, other in zip(test, samples(40, seed=3))]
    few = [*copied[:5], *honest[5:]]
    values, nearest = {}, {}
    for name, found in dict(copied=copied, honest=honest, few=few).items():
        metric = build('Memorisation', training=str(tmp_path))
        values[name], nearest[name] = evaluate(metric, found), metric.nearest
    name, close = 'Memorisation_ColourNetwork', 'Memorisation_ColourNetwork_close'
    assert values['copied'] == {name: 1, close: 1}
    assert 0.3 < values['honest'][name] < 0.7 and values['honest'][close] < 0.2
    assert values['few'][close] >= 0.125 and values['few'][name] < 0.75
    assert {(image, source.rsplit('/')[-1]) for image, source, _ in nearest['few'][:5]} == {
        (str(index), f't{index:02}.png') for index in range(5)}


class Empty(torch.utils.data.Dataset):
    def __len__(self):
        return 0


def test_training_images_of_a_data_set():
    world = dict(type='ToyWorldHand', size=(16, 16), length=3)
    metric = build('Memorisation', training=world)
    assert metric.training.shape == (3, 12) and 'nearest of 3 training images' in metric.protocol
    with pytest.raises(InputError, match='expected training images, found none in'):
        build('Memorisation', training=dict(type=Empty))
