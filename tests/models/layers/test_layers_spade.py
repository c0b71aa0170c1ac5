import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.layout import Layout
from ggtoolbox.models.layers.spade import SPADE, SPADEResidualBlock


@pytest.mark.parametrize('norm', ['batch', 'instance'])
@pytest.mark.parametrize('kernel_size', [3, 5])
def test_spade_equals_the_plain_formula(norm, kernel_size):
    torch.manual_seed(0)
    layer = SPADE(6, 4, norm, kernel_size, hidden_channels=5).double()
    x, semantics = torch.randn(2, 6, 5, 7).double(), torch.randn(2, 4, 10, 14).double()
    found = layer(x, Layout(semantics))

    resized = F.interpolate(semantics, size=(5, 7), mode='nearest')
    hidden = torch.relu(layer.shared(resized))
    over = (0, 2, 3) if norm == 'batch' else (2, 3)
    variance = x.var(over, unbiased=False, keepdim=True)
    normalised = (x - x.mean(over, keepdim=True)) / (variance + 1e-5).sqrt()
    torch.testing.assert_close(found, normalised * (1 + layer.gamma(hidden)) + layer.beta(hidden))


def test_shortcut_is_learned_only_where_the_width_changes():
    torch.manual_seed(0)
    layout, x = Layout(torch.randn(2, 3, 8, 8)), torch.randn(2, 4, 4, 4)
    same, narrower = (SPADEResidualBlock(4, width, 3, spectral=False) for width in (4, 2))
    for block in (same, narrower):
        torch.nn.init.zeros_(block.conv_1.weight)
        torch.nn.init.zeros_(block.conv_1.bias)
    assert torch.equal(same(x, layout), x)
    shortcut = narrower.conv_shortcut(narrower.norm_shortcut(x, layout))
    assert torch.equal(narrower(x, layout), shortcut)
    assert narrower.conv_shortcut.bias is None


def test_all_layers_of_a_size_share_one_resizing(monkeypatch):
    calls, resize = [], F.interpolate
    monkeypatch.setattr(F, 'interpolate', lambda *a, **k: calls.append(k['size']) or resize(*a, **k))
    layout = Layout(torch.randn(1, 3, 8, 8))
    SPADEResidualBlock(4, 2, 3, norm='instance')(torch.randn(1, 4, 4, 4), layout)
    assert calls == [(4, 4)]


def test_an_unknown_norm_is_named():
    with pytest.raises(InputError, match="found 'layer'"):
        SPADE(4, 3, norm='layer')
