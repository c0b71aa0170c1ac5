import pytest
import torch

from ggtoolbox.models.layers.instances import average_by_instance, number_instances

IDS = torch.tensor([[[7, 7, -2], [300000, 7, -2]], [[7, 0, 0], [7, 7, 5]]])


def average_by_loops(features, instance):
    """The released code's loops over samples, instances and channels."""
    result = features.clone()
    for sample in range(len(features)):
        for number in instance[sample].unique():
            inside = instance[sample] == number
            for channel in range(features.shape[1]):
                result[sample, channel][inside] = features[sample, channel][inside].mean()
    return result


def test_each_instance_of_each_sample_has_one_number():
    numbers = number_instances(IDS)
    assert numbers.min() >= 0 and numbers.max() < IDS.numel()
    pairs = {(sample, int(i), int(n)) for sample in range(2)
             for i, n in zip(IDS[sample].flatten(), numbers[sample].flatten())}
    assert len(pairs) == 6  # an id has one number in a sample
    assert len({number for _, _, number in pairs}) == 6  # and shares it with none


def test_the_average_equals_the_loops_with_its_gradient():
    torch.manual_seed(0)
    instance = torch.randint(-3, 3, (2, 9, 11)) * 100000
    features = torch.randn(2, 3, 9, 11, dtype=torch.float64).float().requires_grad_()
    twin = features.detach().clone().requires_grad_()
    weight = torch.randn(2, 3, 9, 11)
    (average_by_instance(features, instance) * weight).sum().backward()
    (average_by_loops(twin, instance) * weight).sum().backward()
    torch.testing.assert_close(average_by_instance(features, instance), average_by_loops(twin, instance))
    torch.testing.assert_close(features.grad, twin.grad)


@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
def test_it_needs_no_values_and_keeps_the_type(dtype):
    features = torch.empty(2, 3, 4, 5, dtype=dtype, device='meta')
    averaged = average_by_instance(features, torch.empty(2, 4, 5, dtype=torch.int64, device='meta'))
    assert averaged.shape == features.shape and averaged.dtype == dtype
