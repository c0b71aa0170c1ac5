import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from ggtoolbox.models.layers.attention import attend


@pytest.mark.parametrize('width, scale', [(4, 1.0), (16, 1.0), (24, 0.5)])
def test_attend_is_softmaxed_similarity(width, scale):
    torch.manual_seed(0)
    query, key, value = torch.randn(2, width, 3, 5), torch.randn(2, width, 2, 7), torch.randn(2, 16, 2, 7)
    weights = (scale * query.flatten(2).transpose(1, 2) @ key.flatten(2)).softmax(-1)
    expected = (value.flatten(2) @ weights.transpose(1, 2)).reshape(2, 16, 3, 5)
    assert torch.allclose(attend(query, key, value, scale), expected, atol=1e-5)


@pytest.mark.parametrize('width', [4, 16, 24])
def test_attend_never_builds_a_places_by_places_matrix(width):
    query, key = torch.randn(1, width, 4, 4, requires_grad=True), torch.randn(1, width, 4, 4)
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):  # raises where the fused kernel does not apply
        attend(query, key, torch.randn(1, 16, 4, 4)).sum().backward()
    assert query.grad.isfinite().all()
