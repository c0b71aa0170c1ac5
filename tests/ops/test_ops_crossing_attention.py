import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

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


def test_under_autocast_widths_and_gradients_agree():
    inputs = draw(4, dtype=torch.float)
    with torch.autocast('cpu', torch.bfloat16):
        out = attention(inputs[0].bfloat16(), inputs[1].bfloat16(), inputs[2])
    out.sum().backward()
    torch.testing.assert_close(out.float(), attention_reference(*inputs), atol=0.05, rtol=0.05)
    assert all(t.grad.isfinite().all() for t in inputs)
