import pytest
import torch

from ggtoolbox.ops import region_convolution as module
from ggtoolbox.ops.region_convolution import region_convolution, region_convolution_reference, spread


@pytest.mark.parametrize('recorded', [False, True])
@pytest.mark.parametrize('regions, size', [(5, (6, 7)), (30, (3, 4)), (1, (4, 4))])
def test_the_fast_form_equals_the_reference(regions, size, recorded, monkeypatch):
    monkeypatch.setattr(module, 'is_recorded', lambda: recorded)
    torch.manual_seed(0)
    region = torch.randint(-1, regions, (2, *size))
    inputs = [torch.randn(shape, dtype=torch.float64, requires_grad=True)
              for shape in ((2, regions, 4), (3, 4, 3, 3), (3,))]
    styles, weight, bias = inputs
    results = []
    for function in (region_convolution, region_convolution_reference):
        y = function(styles, region, weight, bias)
        torch.manual_seed(1)
        results.append((y, *torch.autograd.grad(y, inputs, torch.randn(y.shape).to(y))))
    for found, expected in zip(*results):
        torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-10)


def test_a_style_lies_on_its_region_alone():
    styles, region = torch.tensor([[[1.0, 2.0], [3.0, 4.0]]]), torch.tensor([[[0, 1, -1]]])
    assert spread(styles, region).tolist() == [[[[1, 3, 0]], [[2, 4, 0]]]]
