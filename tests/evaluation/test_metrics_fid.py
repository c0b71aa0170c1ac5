import numpy as np
import pytest
import scipy.linalg
import torch
from stubs import ColourNetwork, evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.fid import frechet_distance, trace_of_root
from ggtoolbox.registry import METRICS


def random_covariance(dims, rank, seed):
    rows = np.random.default_rng(seed).normal(size=(rank, dims))
    return rows.T @ rows / rank


def test_gaussians_that_do_not_correlate():
    # sum of (m1 - m2)^2 + (s1 - s2)^2
    first = np.array([1.0, 2]), np.diag([4.0, 9])
    found = frechet_distance(first, (np.array([0.0, 4]), np.diag([1.0, 16])))
    assert found == pytest.approx(1 + 4 + (2 - 1) ** 2 + (3 - 4) ** 2)


def test_the_root_equals_scipys():
    first, second = random_covariance(12, 40, 0), random_covariance(12, 40, 1)
    assert trace_of_root(first, second) == pytest.approx(np.trace(scipy.linalg.sqrtm(first @ second).real))


def test_singular_covariances():
    first = random_covariance(30, 5, 0)
    assert frechet_distance((np.zeros(30), first), (np.zeros(30), first)) == pytest.approx(0, abs=1e-5)
    assert trace_of_root(first, np.eye(30)) == pytest.approx(np.sqrt(
        np.clip(np.linalg.eigvalsh(first), 0, None)).sum(), rel=1e-5)
    assert trace_of_root(np.zeros((3, 3)), np.eye(3)) == 0


def build(**arguments):
    return METRICS.build(dict(type='FID', feature_network=ColourNetwork(), **arguments))


def test_equals_the_formula_on_all_features():
    found = samples(40)
    sides = []
    for field in ('image', 'target_image'):
        bytes_ = torch.stack([((sample[field] + 1) / 2 * 255).to(torch.uint8) for sample in found])
        rows = ColourNetwork()(bytes_.float() / 255 * 2 - 1)['pool'].double().numpy()
        sides.append((rows.mean(0), np.cov(rows, rowvar=False)))
    (mean_1, covariance_1), (mean_2, covariance_2) = sides
    expected = (np.sum((mean_1 - mean_2) ** 2)
                + np.trace(covariance_1 + covariance_2 - 2 * scipy.linalg.sqrtm(covariance_1 @ covariance_2)))
    values = evaluate(build(), found)
    assert values == {'FD_ColourNetwork': pytest.approx(expected.real, rel=1e-5)}


def test_maps_are_averaged_and_more_noise_is_further():
    values = [evaluate(build(layer='maps'), samples(60, noise=noise))['FD_ColourNetwork']
              for noise in (0.0, 0.1, 0.5)]
    assert values[0] == pytest.approx(0, abs=1e-8)
    assert values[0] < values[1] < values[2]


def test_statistics_stand_for_the_real_images(tmp_path):
    found = samples(40)
    rows = np.stack([row['pool'] for row in build().features.extractor.of_field(found, 'target_image', 'x')])
    np.savez(tmp_path / 'real.npz', mu=rows.mean(0), sigma=np.cov(rows, rowvar=False))
    alone = [dict(name=sample['name'], image=sample['image']) for sample in found]
    expected = evaluate(build(), found)['FD_ColourNetwork']
    metric = build(statistics=str(tmp_path / 'real.npz'))
    assert evaluate(metric, alone)['FD_ColourNetwork'] == pytest.approx(expected, rel=1e-5)


def test_names_tell_protocols_apart(tmp_path, monkeypatch):
    network = METRICS.get('FID')
    monkeypatch.setattr('ggtoolbox.evaluation.feature_rows.shared_extractor', lambda network: None)
    names = [network(weights='x', resize=resize).name for resize in ('half_pixel', 'tensorflow')]
    assert names == ['FID', 'FID_tensorflow']


def test_refuses_what_it_cannot_judge(tmp_path):
    with pytest.raises(InputError, match='needs at least 2 generated images, found 1'):
        evaluate(build(), samples(1))
    with pytest.raises(InputError, match="has no layer 'poll' \\(it has pool, .*logits"):
        evaluate(build(layer='poll'), samples(2))
    with pytest.raises(InputError, match="neither 'image' nor 'target_image'"):
        evaluate(build(), [dict(name='a')])
    with pytest.raises(InputError, match='there is no.*.npz file|expected an .npz file'):
        build(statistics=str(tmp_path / 'none.npz'))
    np.savez(tmp_path / 'other.npz', mu=np.zeros(3), sigma=np.eye(3))
    with pytest.raises(InputError, match='statistics of the real images are of 3 features, expected 12'):
        evaluate(build(statistics=str(tmp_path / 'other.npz')), samples(20))
    metric = build()
    metric.process({}, samples(9))
    with pytest.raises(InputError, match='was given 9 samples, expected 4 of the 4'):
        metric.evaluate(4)


def test_says_what_weights_to_fetch(monkeypatch, tmp_path):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    with pytest.raises(InputError, match=f'FID: download https://.*6726825d.pth and put it at {tmp_path}'):
        METRICS.build(dict(type='FID'))


def test_images_of_one_colour_and_of_nan():
    flat = [dict(name='a', image=torch.zeros(3, 8, 8), target_image=torch.zeros(3, 8, 8)) for _ in range(3)]
    assert evaluate(build(), flat)['FD_ColourNetwork'] == 0
    broken = dict(flat[0], image=torch.full((3, 8, 8), torch.nan))
    with pytest.raises(InputError, match="image of the sample 'a' holds values that are not finite"):
        evaluate(build(), [broken])
