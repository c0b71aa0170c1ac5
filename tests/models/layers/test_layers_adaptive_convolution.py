"""The layers against PyTorch's, with the rule lowered so that small ones take the product."""
import copy
import io

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ggtoolbox.models.generators.unet import UNetGenerator
from ggtoolbox.models.layers import adaptive_convolution as module
from ggtoolbox.models.layers.adaptive_convolution import AdaptiveConv2d, AdaptiveConvTranspose2d
from ggtoolbox.models.layers.spectral_norm import fold_spectral_norm, spectral_norm
from ggtoolbox.ops import tiny_map_convolution, winograd_convolution

PAIRS = {'convolution': (AdaptiveConv2d, nn.Conv2d),
         'transposed': (AdaptiveConvTranspose2d, nn.ConvTranspose2d)}
PRODUCTS = ('convolution_as_product', 'transposed_convolution_as_product')


@pytest.fixture
def products(monkeypatch):
    """Names of the products taken, which pay for any weights."""
    taken = []
    monkeypatch.setattr(tiny_map_convolution, 'LEAST_WEIGHTS_A_POSITION', 0)
    for name in PRODUCTS:
        function = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, f=function, n=name: taken.append(n) or f(*args))
    return taken


@pytest.fixture(params=PAIRS)
def pair(request):
    """Our layer and PyTorch's with the same weights, by the same keys."""
    ours, plain = (kind(3, 5, 4, stride=2, padding=1) for kind in PAIRS[request.param])
    plain.load_state_dict(ours.state_dict(), strict=True)
    return ours, plain


def test_equals_the_plain_layer(products, pair):
    ours, plain = pair
    x = torch.randn(2, 3, 4, 4)
    torch.testing.assert_close(ours(x), plain(x))
    assert len(products) == 1
    torch.testing.assert_close(ours(torch.ones(2, 3, 16, 16)), plain(torch.ones(2, 3, 16, 16)))
    ours(x[0])  # no batch
    assert len(products) == 1  # neither of these
    torch.testing.assert_close(torch.compile(ours, backend='eager', fullgraph=True)(x), plain(x))


def test_with_spectral_normalisation_iterates_once(products, pair):
    ours, plain = pair
    torch.manual_seed(0)
    spectral = spectral_norm(copy.deepcopy(ours))
    torch.manual_seed(0)
    legacy = torch.nn.utils.spectral_norm(plain, dim=int(isinstance(plain, nn.ConvTranspose2d)))
    legacy.load_state_dict(spectral.state_dict())
    x = torch.randn(2, 3, 4, 4)
    results = []
    for layer in (spectral, legacy):
        y = layer(x)
        y.square().sum().backward()
        results.append((y, layer.weight_orig.grad, layer.weight_u))
    for mine, theirs in zip(*results):
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-5)
    folded = fold_spectral_norm(copy.deepcopy(spectral).eval())
    assert type(folded) is type(ours) and len(products) == 1
    torch.testing.assert_close(folded(x), spectral.eval()(x))


def test_autocast_gives_what_the_plain_layer_gives(products, pair):
    x = torch.randn(2, 3, 4, 4)
    with torch.autocast('cpu', torch.bfloat16):
        mine, theirs = (layer(x) for layer in pair)
    assert mine.dtype == theirs.dtype == torch.bfloat16 and products
    torch.testing.assert_close(mine, theirs, rtol=2e-2, atol=2e-2)


def test_counts_as_many_operations(products, pair):
    counts = []
    for layer in pair:
        with FlopCounterMode(display=False) as counter:
            layer(torch.randn(2, 3, 4, 4))
        counts.append(counter.get_total_flops())
    assert counts[0] == counts[1] > 0 and products


def test_an_exported_program_has_the_convolution(products, pair):
    x = torch.randn(2, 3, 4, 4)
    program = torch.export.export(pair[0], (x,))
    targets = {str(node.target) for node in program.graph.nodes}
    assert not products and any('conv' in target for target in targets)
    file = io.BytesIO()
    torch.export.save(program, file)
    torch.testing.assert_close(torch.export.load(io.BytesIO(file.getvalue())).module()(x), pair[1](x))


@pytest.mark.parametrize('settings, taken', [
    (dict(padding=1), True), (dict(padding=1, padding_mode='reflect', bias=False), True), (dict(), True),
    (dict(padding=1, stride=2), False), (dict(padding=2, dilation=2), False),
    (dict(padding=(1, 0)), False), (dict(padding='same'), False), (dict(padding=1, groups=2), False)])
def test_few_multiplications_where_they_serve(monkeypatch, settings, taken):
    monkeypatch.setattr(winograd_convolution, 'LEAST_CHANNELS', 0)
    monkeypatch.setattr(winograd_convolution, 'LEAST_TILES', 0)
    calls = []
    function = module.winograd_convolution
    monkeypatch.setattr(module, 'winograd_convolution', lambda *args: calls.append(1) or function(*args))
    ours, plain = AdaptiveConv2d(4, 6, 3, **settings), nn.Conv2d(4, 6, 3, **settings)
    plain.load_state_dict(ours.state_dict())
    x = torch.randn(2, 4, 8, 10)
    torch.testing.assert_close(ours(x), plain(x), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(ours(x[0]), plain(x[0]))  # no batch
    assert len(calls) == taken


def test_a_u_net_takes_them_inside_alone(monkeypatch, products):
    monkeypatch.setattr(tiny_map_convolution, 'MOST_POSITIONS', 4)
    torch.manual_seed(0)
    network = UNetGenerator(channels=2, num_downsamplings=3, norm=None, dropout=0.0)
    x = torch.randn(1, 3, 16, 16)
    found = network(x)['image']
    assert products == [PRODUCTS[0], PRODUCTS[1]]
    monkeypatch.setattr(tiny_map_convolution, 'MOST_POSITIONS', 0)
    torch.testing.assert_close(found, network(x)['image'])
