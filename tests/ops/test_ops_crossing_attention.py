import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode

from ggtoolbox.ops import crossing_attention
from ggtoolbox.ops.crossing_attention import attention, attention_reference


def draw(width, places=(3, 5), others=(2, 7), batch=2, dtype=torch.double):
    torch.manual_seed(0)
    shapes = (batch, width, *places), (batch, width, *others), (batch, 16, *others)
    return [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]


def test_the_reference_is_a_softmaxed_similarity():
    query, key, value = draw(4)
    for i in range(15):
        weights = torch.stack([(0.5 * query.flatten(2)[:, :, i] * key.flatten(2)[:, :, j]).sum(1).exp()
                               for j in range(14)])
        expected = sum(w[:, None] * value.flatten(2)[:, :, j] for j, w in enumerate(weights / weights.sum(0)))
        torch.testing.assert_close(attention_reference(query, key, value, 0.5).flatten(2)[:, :, i], expected)


@pytest.mark.parametrize('width, scale', [(4, 1.0), (16, 1.0), (24, 0.5)])
@pytest.mark.parametrize('at_once', [4, 128])
def test_output_and_gradients_are_the_references(width, scale, at_once, monkeypatch):
    monkeypatch.setattr(crossing_attention, 'QUERIES_AT_ONCE', at_once)
    inputs, results = draw(width), []
    for function in (attention_reference, attention):
        out = function(*inputs, scale)
        weight = torch.linspace(-1, 1, out.numel(), dtype=out.dtype).view_as(out)
        results.append((out, *torch.autograd.grad((out * weight).sum(), inputs)))
    assert results[0][0].shape == (2, 16, 3, 5)
    for expected, found in zip(*results):
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize('width', [4, 24])
def test_it_keeps_only_queries_keys_and_values(width):
    inputs, kept = draw(width, (20, 20), (20, 20), 1, torch.float), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel()) or t, lambda t: t):
        attention(*inputs)
    assert max(kept) <= 400 * 24 < 400 * 400


def test_equal_widths_take_the_fused_kernel():
    inputs = draw(16, dtype=torch.float)
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):  # raises where the fused kernel does not apply
        attention(*inputs).sum().backward()
    assert inputs[0].grad.isfinite().all()


@pytest.mark.parametrize('width', [4, 16])
def test_under_autocast_output_and_gradients_are_the_formulas_within_its_rounding(width, monkeypatch):
    monkeypatch.setattr(crossing_attention, 'QUERIES_AT_ONCE', 4)
    inputs, results = draw(width, dtype=torch.float), []
    weight = torch.linspace(-1, 1, 2 * 16 * 15).view(2, 16, 3, 5)
    for function in (attention_reference, attention):
        with torch.autocast('cpu', torch.bfloat16):
            out = function(inputs[0].bfloat16(), inputs[1].bfloat16(), inputs[2])
        results.append((out, *torch.autograd.grad((out * weight).sum(), inputs)))
    for exact, found in zip(*results):
        assert (found - exact).abs().max() < 0.03 * exact.abs().max()


def test_no_product_is_written_to_a_transposed_tensor(monkeypatch):
    """In bfloat16 a CPU takes a thousand times as long for that."""
    written = []

    class Totals(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if function.overloadpacket in (torch.ops.aten.baddbmm_, torch.ops.aten.add_):
                written.append(args[0])
            return function(*args, **(kwargs or {}))

    inputs = draw(4, dtype=torch.bfloat16)
    out = attention(*inputs)
    with Totals():
        out.sum().backward()
    assert len(written) == 2 and all(t.is_contiguous() and t.dtype == torch.float32 for t in written)
