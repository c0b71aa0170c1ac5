import pytest
import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones import VGG19

# torchvision's vgg19.features: indices of its convolutions with their widths.
TORCHVISION = {0: 64, 2: 64, 5: 128, 7: 128, 10: 256, 12: 256, 14: 256, 16: 256, 19: 512, 21: 512,
               23: 512, 25: 512, 28: 512, 30: 512, 32: 512, 34: 512}
SHALLOW = ('relu1_1', 'relu2_1')


@pytest.fixture(scope='module')
def torchvision_file(tmp_path_factory):
    """A file as torchvision's, but drawn, its classifier cut small."""
    torch.manual_seed(0)
    state, channels = {}, 3
    for index, width in TORCHVISION.items():
        state[f'features.{index}.weight'] = torch.randn(width, channels, 3, 3) / (9 * channels) ** 0.5
        state[f'features.{index}.bias'] = torch.randn(width) / 10
        channels = width
    state['classifier.0.weight'] = torch.zeros(4, 4)
    path = tmp_path_factory.mktemp('vgg') / 'vgg19.pth'
    torch.save(state, path)
    return str(path), state


def reference(state, image, until):
    x, found = image, {}
    for index in range(until + 1):
        if index in TORCHVISION:
            weight, bias = state[f'features.{index}.weight'], state[f'features.{index}.bias']
            x = nn.functional.conv2d(x, weight, bias, padding=1)
        elif index - 1 in TORCHVISION:
            x = found[index] = torch.relu(x)
        else:
            x = nn.functional.max_pool2d(x, 2)
    return found


def test_loads_torchvisions_file_and_equals_its_network(torchvision_file):
    path, state = torchvision_file
    network, image = VGG19(weights=path), torch.randn(1, 3, 32, 48)
    expected = reference(state, image, 29)
    found = network(image)
    assert list(found) == ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1']
    for layer, index in zip(found.values(), (1, 6, 11, 20, 29)):
        torch.testing.assert_close(layer, expected[index])
    assert sum(p.numel() for p in network.parameters()) == 12_944_960


def test_is_frozen_but_lets_gradients_through(torchvision_file):
    network = VGG19(weights=torchvision_file[0], layers=SHALLOW).train()
    assert not network.training
    image = torch.randn(1, 3, 16, 16, requires_grad=True)
    network(image)['relu2_1'].sum().backward()
    assert image.grad.abs().sum() > 0
    assert all(not p.requires_grad for p in network.parameters())


def test_builds_no_further_than_the_last_layer_asked_for():
    network = VGG19(layers=SHALLOW, allow_random=True)
    assert len(network.features) == 7
    assert list(network(torch.zeros(1, 3, 8, 8))) == list(SHALLOW)


def test_normalises_on_demand(torchvision_file):
    path, _ = torchvision_file
    raw, normalised = VGG19(path, SHALLOW), VGG19(path, SHALLOW, normalise=True)
    image = torch.rand(1, 3, 8, 8) * 2 - 1
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    by_hand = ((image + 1) / 2 - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)
    torch.testing.assert_close(normalised(image)['relu2_1'], raw(by_hand)['relu2_1'])


def test_random_weights_are_the_same_each_time_and_leave_the_seed_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = VGG19(layers=SHALLOW, allow_random=True)
    assert torch.equal(torch.rand(3), expected)
    second = VGG19(layers=SHALLOW, allow_random=True)
    assert torch.equal(first.features[5].weight, second.features[5].weight)


def test_refuses_to_build_without_weights():
    with pytest.raises(InputError, match='vgg19-dcbb9e9d.pth.*allow_random=True'):
        VGG19()
    with pytest.raises(InputError, match="found \\['relu1_9'\\]"):
        VGG19(layers=('relu1_9',), allow_random=True)


def test_refuses_another_networks_file(tmp_path):
    torch.save({'features.0.weight': torch.zeros(64, 3, 11, 11)}, tmp_path / 'alexnet.pth')
    with pytest.raises(InputError, match="weights of VGG19, but the file lacks 'features.0.bias'"):
        VGG19(weights=str(tmp_path / 'alexnet.pth'))
