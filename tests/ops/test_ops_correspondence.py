"""The blockwise warp equals its plain formula."""
import pytest
import torch

from ggtoolbox.ops import correspondence
from ggtoolbox.ops.correspondence import correlation_reference, warp, warp_reference

NAMES = ('query', 'key', 'value')


def inputs(query_size=(7, 5), key_size=(6, 8), dtype=torch.float64):
    torch.manual_seed(0)
    shapes = ((2, 4, *query_size), (2, 4, *key_size), (2, 3, *key_size))
    return [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]


@pytest.mark.parametrize('patch', [1, 3])
@pytest.mark.parametrize('centre_channels', [True, False])
@pytest.mark.parametrize('at_once', [1, 800, 10 ** 6], ids=['a row at a time', 'some rows', 'at once'])
def test_it_equals_the_plain_formula_forward_and_backward(monkeypatch, patch, centre_channels, at_once):
    monkeypatch.setattr(correspondence, 'NUMBERS_AT_ONCE', at_once)
    given, weights = inputs(), torch.randn(2, 3, 7, 5, dtype=torch.float64)
    found = {}
    for name, function in (('plain', warp_reference), ('fast', warp)):
        out = function(*given, temperature=0.1, patch=patch, centre_channels=centre_channels)
        found[name] = [out, *torch.autograd.grad((out * weights).sum(), given)]
    for name, plain, fast in zip(('out', *NAMES), found['plain'], found['fast']):
        assert torch.allclose(fast, plain, rtol=1e-7, atol=1e-9), name


def test_a_map_corresponds_to_itself_and_to_its_shift():
    query, _, value = inputs((8, 8), (8, 8))
    torch.testing.assert_close(warp(query, query, value), value, rtol=1e-4, atol=1e-4)
    shifted = warp(query.roll(2, dims=3), query, value)[..., 3:-1]
    torch.testing.assert_close(shifted[:, :, 1:-1], value.roll(2, dims=3)[:, :, 1:-1, 3:-1], rtol=1e-4,
                               atol=1e-4)


def test_cosines_are_bounded_and_ones_on_the_diagonal():
    query, *_ = inputs()
    for centre_channels in (True, False):
        cosines = correlation_reference(query, query, 3, centre_channels)
        assert cosines.abs().max() <= 1 + 1e-9
        torch.testing.assert_close(cosines.diagonal(dim1=1, dim2=2), torch.ones(2, 35, dtype=torch.float64))


def test_half_precision_goes_through_single(monkeypatch):
    given = [x.detach() for x in inputs(dtype=torch.float32)]
    with torch.autocast('cpu', torch.bfloat16):
        out = warp(*(x.bfloat16() for x in given))
    assert out.dtype == torch.float32
    torch.testing.assert_close(out, warp(*(x.bfloat16().float() for x in given)))


def test_no_matrix_of_places_is_kept():
    """What is saved for backward grows with the places."""
    saved = []
    query, key, value = inputs((16, 16), (16, 16), torch.float32)
    with torch.autograd.graph.saved_tensors_hooks(lambda x: saved.append(x.numel()) or x, lambda x: x):
        warp(query, key, value)
    assert max(saved) < 16 ** 4 / 8
