"""CLADE against its formula: a row of a table a class."""
import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.models.generators import SEANGenerator, SPADEGenerator
from ggtoolbox.models.layers.clade import CLADE
from ggtoolbox.models.layers.layout import Layout, one_hot
from ggtoolbox.models.layers.spade import SPADE

CLASSES = 4


def inputs():
    torch.manual_seed(0)
    label = torch.randint(0, CLASSES, (2, 10, 14))
    label[0, :4] = 255
    edge = torch.randint(0, 2, (2, 1, 10, 14)).double()
    return CLADE(6, CLASSES + 1).double(), torch.randn(2, 6, 5, 7).double(), label, edge


def layouts(label, edge):
    semantics = torch.cat([one_hot(label, CLASSES, torch.double), edge], 1)
    return dict(rows=Layout(semantics, label, CLASSES), map=Layout(semantics))


@pytest.mark.parametrize('form', ['rows', 'map'])
@pytest.mark.parametrize('slope', [None, 0.2])
def test_a_pixel_is_scaled_and_shifted_by_the_rows_of_its_class_and_its_edge(form, slope):
    layer, x, label, edge = inputs()
    x.requires_grad_()
    layout = layouts(label, edge)[form]
    assert (layout.pixels((5, 7)) is not None) == (form == 'rows')
    found = layer.modulate(layer.norm(x), layout, slope)

    resized, on_edge = label[:, ::2, ::2], edge[:, 0, ::2, ::2]
    gamma, beta = ([*conv.weight[:, :, 0, 0].T] for conv in (layer.gamma, layer.beta))
    rows = [[[table[c] if (c := int(resized[b, i, j])) < CLASSES else torch.zeros(6, dtype=torch.double)
              for j in range(7)] for i in range(5)] for b in range(2) for table in (gamma, beta)]
    scale, shift = torch.stack([torch.stack([torch.stack(row) for row in image]) for image in rows]).view(
        2, 2, 5, 7, 6).permute(1, 0, 4, 2, 3)
    scale = scale + gamma[CLASSES].view(6, 1, 1) * on_edge.unsqueeze(1)
    shift = shift + beta[CLASSES].view(6, 1, 1) * on_edge.unsqueeze(1)
    expected = layer.norm(x) * (1 + scale) + shift
    expected = expected if slope is None else F.leaky_relu(expected, slope)
    torch.testing.assert_close(found, expected)
    seed = torch.randn_like(found)
    wanted = (x, layer.gamma.weight, layer.beta.weight)
    torch.testing.assert_close(*(torch.autograd.grad(y, wanted, seed) for y in (found, expected)))


@pytest.mark.parametrize('generator', [SPADEGenerator, SEANGenerator])
def test_hosts_take_it_in_place_of_spade(generator):
    arguments, given = generator.example()
    network = generator(**{**arguments, 'norm_hidden_channels': 0})
    tables = [part for part in network.modules() if isinstance(part, CLADE)]
    assert tables and not any(isinstance(part, SPADE) for part in network.modules())
    network(**given)['image'].square().mean().backward()
    assert all(part.gamma.weight.grad.abs().sum() > 0 for part in tables)
