import pytest
import torch
from stubs import evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.lpips import BACKBONES, lpips_distance, lpips_map, read_linear_weights
from ggtoolbox.registry import METRICS

NETWORK = dict(type='VGG16', layers=('relu1_1', 'relu2_1'), allow_random=True)
CHANNELS = (64, 192, 384, 256, 256)


def test_by_hand():
    first, second = torch.tensor([3.0, 4]).view(1, 2, 1, 1), torch.tensor([0.0, 2]).view(1, 2, 1, 1)
    # (0.6, 0.8) against (0, 1)
    weights = torch.tensor([2.0, 5.0])
    assert lpips_distance([first], [second], [weights]).item() == pytest.approx(2 * 0.36 + 5 * 0.04)
    assert lpips_distance([first, first], [second, first]).item() == pytest.approx(0.4)
    assert lpips_map([first], [second], (3, 2)).shape == (1, 1, 3, 2)
    zero = torch.zeros(1, 2, 1, 1)
    assert lpips_distance([zero], [zero]).item() == 0  # black features have no direction, and no distance


def test_equal_images_have_none_and_noise_adds_to_it():
    metric = METRICS.build(dict(type='LPIPS', feature_network=NETWORK))
    values = [evaluate(metric, samples(3, noise=noise))['LPIPS_VGG16'] for noise in (0, 0.1, 0.6)]
    assert values[0] == 0 < values[1] < values[2]


def linear_file(path, scale=1.0):
    state = {f'lin{i}.model.1.weight': torch.full((1, width, 1, 1), scale * total / width)
             for i, (width, total) in enumerate(zip(CHANNELS, BACKBONES['alex'][2]))}
    torch.save(state, path)
    return str(path)


def test_linear_weights_are_checked_by_their_sums(tmp_path):
    weights = read_linear_weights(linear_file(tmp_path / 'alex.pth'), 'alex')
    assert [tuple(weight.shape) for weight in weights] == [(width,) for width in CHANNELS]
    with pytest.raises(InputError, match='the sums of its layers are .* expected \\[2.349532'):
        read_linear_weights(linear_file(tmp_path / 'other.pth', 1.1), 'alex')
    torch.save({'features.0.weight': torch.zeros(2)}, tmp_path / 'alexnet.pth')
    with pytest.raises(InputError, match="expected LPIPS's linear weights"):
        read_linear_weights(str(tmp_path / 'alexnet.pth'), 'alex')


def test_with_files_of_weights(tmp_path):
    torch.save(METRICS.build(dict(type='LPIPS', feature_network=dict(type='AlexNet', allow_random=True)))
               .distance.extractor.network.state_dict(), tmp_path / 'alexnet.pth')
    metric = METRICS.build(dict(type='LPIPS', weights=str(tmp_path / 'alexnet.pth'),
                                linear_weights=linear_file(tmp_path / 'alex.pth')))
    assert evaluate(metric, samples(2, size=(64, 64)))['LPIPS_alex'] > 0
    with pytest.raises(InputError, match='31 x 31 pixels at least, found 20 x 24'):
        evaluate(metric, samples(1))


def test_says_what_weights_to_fetch(monkeypatch, tmp_path):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    with pytest.raises(InputError, match='LPIPS_vgg: download .*v0.1/vgg.pth and .* as linear_weights'):
        METRICS.build(dict(type='LPIPS', backbone='vgg'))
    with pytest.raises(InputError, match="backbone must be one of alex, vgg, squeeze, found 'vgg19'"):
        METRICS.build(dict(type='LPIPS', backbone='vgg19'))


def test_diversity_is_the_mean_over_pairs_then_inputs():
    metric = METRICS.build(dict(type='Diversity', feature_network=NETWORK))
    first, second = samples(2)
    a, b = first['image'], first['target_image']
    pair = evaluate(metric, [dict(name='x', samples=torch.stack([a, b]))])[metric.name]
    mixed = [dict(name='x', samples=torch.stack([a, b, b])), dict(name='y', samples=torch.stack([a, a]))]
    assert evaluate(metric, mixed)[metric.name] == pytest.approx(pair * 2 / 3 / 2, rel=1e-5)
    with pytest.raises(InputError, match="the input 'x' has 1 sample, expected two or more"):
        evaluate(metric, [dict(name='x', samples=a[None])])
