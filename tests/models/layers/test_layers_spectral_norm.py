import copy
import pickle

import pytest
import torch
from torch import nn

from ggtoolbox.models.layers.adaptive_convolution import AdaptiveConv2d, AdaptiveConvTranspose2d
from ggtoolbox.models.layers.spectral_norm import (
    fold_spectral_norm,
    next_weight,
    spectral_norm,
    spectral_norm_everywhere,
)

LAYERS = {
    'convolution': (lambda: nn.Conv2d(3, 5, 3, stride=2), (2, 3, 9, 9)),
    'transposed': (lambda: nn.ConvTranspose2d(3, 5, 3), (2, 3, 6, 6)),
    'linear': (lambda: nn.Linear(4, 6), (3, 4)),
}


@pytest.fixture(params=LAYERS)
def pair(request):
    """PyTorch's legacy hook and ours, with the same state, and an input."""
    torch.manual_seed(0)
    make, shape = LAYERS[request.param]
    legacy, ours = torch.nn.utils.spectral_norm(make()), spectral_norm(make())
    ours.load_state_dict(legacy.state_dict())
    return legacy, ours, torch.randn(shape)


def test_equals_the_legacy_hook_over_two_forwards(pair):
    legacy, ours, x = pair
    results = []
    for layer in (legacy, ours):
        y = layer(x) + layer(2 * x)
        y.square().sum().backward()
        results.append((y, layer.weight_orig.grad, layer.weight_u, layer.weight_v))
    for theirs, mine in zip(*results):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=0)


def test_eval_mode_does_not_iterate(pair):
    legacy, ours, x = pair
    before = ours.weight_u.clone()
    torch.testing.assert_close(ours.eval()(x), legacy.eval()(x), rtol=0, atol=0)
    assert torch.equal(ours.weight_u, before)
    ours.train()(x)
    assert not torch.equal(ours.weight_u, before)


def test_can_be_copied_and_pickled_after_a_forward(pair):
    _, ours, x = pair
    ours(x).sum().backward()
    ours.eval()
    for copied in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        assert torch.equal(copied(x), ours(x))
        assert copied.weight_orig is not ours.weight_orig


def test_exports_and_compiles(pair):
    _, ours, x = pair
    compiled = torch.compile(copy.deepcopy(ours), backend='eager', fullgraph=True)
    torch.testing.assert_close(compiled(x), ours(x))
    ours.eval()
    exported = torch.export.export(ours, (x,)).module()
    torch.testing.assert_close(exported(x), ours(x))


def test_sigma_is_taken_in_float32_under_autocast():
    torch.manual_seed(1)
    layer = spectral_norm(nn.Linear(40, 30)).eval()
    plain = layer.weight
    with torch.autocast('cpu', torch.bfloat16):
        assert torch.equal(layer.weight, plain)


def test_runs_on_the_meta_device():
    with torch.device('meta'):
        assert spectral_norm(nn.Conv2d(3, 5, 3))(torch.zeros(1, 3, 8, 8)).shape == (1, 5, 6, 6)


def test_converges_to_the_largest_singular_value():
    torch.manual_seed(2)
    layer = spectral_norm(nn.Conv2d(4, 7, 3))
    for _ in range(200):
        layer.iterate()
    assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item() == pytest.approx(1, abs=1e-5)


def test_disabled_leaves_the_layer_alone():
    layer = nn.Conv2d(3, 5, 3)
    assert spectral_norm(layer, enabled=False) is layer
    assert 'weight' in dict(layer.named_parameters())


def test_everywhere_means_every_layer_once():
    inner = nn.Sequential(spectral_norm(nn.Conv2d(3, 4, 1)), nn.BatchNorm2d(4))
    network = nn.Sequential(nn.Linear(2, 3), inner, nn.ConvTranspose2d(4, 2, 2))
    settled = inner[0].weight_u
    assert spectral_norm_everywhere(network) is network
    assert [name for name, _ in network.named_buffers() if name.endswith('weight_u')] == [
        '0.weight_u', '1.0.weight_u', '2.weight_u']
    assert inner[0].weight_u is settled


def test_the_next_weight_is_what_a_forward_would_use():
    torch.manual_seed(0)
    layer, x = spectral_norm(nn.Conv2d(3, 5, 3)), torch.randn(2, 3, 6, 6)
    twin = copy.deepcopy(layer)
    for training in (True, True, False):
        expected = layer.train(training)(x)
        found = nn.functional.conv2d(x, next_weight(twin.train(training)), twin.bias)
        assert torch.equal(found, expected)
        assert torch.equal(twin.weight_u, layer.weight_u)
    plain = nn.Conv2d(3, 5, 3)
    assert next_weight(plain) is plain.weight


def test_folded_it_is_the_plain_layer_that_it_equals_in_eval_mode(pair):
    _, ours, x = pair
    expected = ours.eval()(x)
    folded = fold_spectral_norm(nn.Sequential(ours))[0]
    assert type(folded) in (AdaptiveConv2d, AdaptiveConvTranspose2d, nn.Linear)
    assert set(folded.state_dict()) == {'weight', 'bias'}
    assert torch.equal(folded(x), expected)
