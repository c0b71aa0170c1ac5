import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones.segmentor import Segmentor


@pytest.mark.parametrize('options, widths', [
    ({}, [8, 16]), (dict(stem_kernel_size=7, last_kernel_size=7), [4, 8, 16]),
    (dict(num_downsamplings=3), [8, 16, 32])])
def test_logits_of_each_class_at_each_pixel(options, widths):
    network = Segmentor(num_classes=5, channels=4, num_blocks=1, **options)
    assert network(torch.rand(2, 3, 32, 16))['logits'].shape == (2, 5, 32, 16)
    layers = [*([] if network.stem is None else [network.stem]), *network.downs]
    assert [layer[0].out_channels for layer in layers] == widths
    assert not any(name.endswith('.0.bias') for name in network.state_dict())


def test_it_learns_what_is_bright():
    torch.manual_seed(0)
    network, image = Segmentor(num_classes=2, channels=4, num_blocks=1), torch.rand(4, 3, 16, 16) * 2 - 1
    label, optimiser = (image.mean(1) > 0).long(), torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(60):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(image)['logits'], label).backward()
        optimiser.step()
    assert (network(image)['logits'].argmax(1) == label).float().mean() > 0.9


def test_a_size_that_cannot_be_halved_is_refused():
    with pytest.raises(InputError, match='Segmentor: height and width must be multiples of 4'):
        Segmentor()(torch.rand(1, 3, 30, 32))
