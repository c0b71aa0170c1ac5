import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import CCFPSEGenerator
from ggtoolbox.models.layers.conditional_block import ConditionalResidualBlock
from ggtoolbox.models.layers.layout import JoinedLayout, Layout

UNUSED = 26_112  # norms that the released code builds and never applies


def small(**changes):
    torch.manual_seed(0)
    arguments, inputs = CCFPSEGenerator.example()
    network = CCFPSEGenerator(**{**arguments, **changes})
    network(**inputs)
    return network.eval(), inputs


@pytest.mark.parametrize('arguments, released', [
    (dict(num_classes=35, edge=True), 119_966_979),
    (dict(num_classes=35, edge=True, latent_dim=256), 128_055_555),
    (dict(num_classes=151, image_size=(256, 256), num_upsamplings=5), 125_254_211),
    (dict(num_classes=183, edge=True, image_size=(256, 256), num_upsamplings=5), 126_793_859)])
def test_parameters_are_the_released_ones_but_for_unused_norms(arguments, released):
    with torch.device('meta'):
        network = CCFPSEGenerator(**arguments)
    assert sum(p.numel() for p in network.parameters()) == released - UNUSED


def test_a_block_follows_its_figure():
    """Step by step and pixel by pixel, with one shortcut that is learned."""
    torch.manual_seed(0)
    block = ConditionalResidualBlock(4, 2, 5, hidden_channels=3).eval()
    x, seg = torch.randn(1, 4, 3, 4), torch.randn(1, 5, 3, 4)
    given = block.conditions(JoinedLayout(Layout(seg[:, :3]), seg[:, 3:]), (3, 4))

    def predicted(name):
        first, second = block.predict.first[name], block.predict.second[name]
        return second(first(seg).relu())

    def convolved(y, kernels):
        z = torch.zeros_like(y)
        padded = F.pad(y, [1] * 4)
        for c in range(y.shape[1]):
            for i in range(3):
                for j in range(3):
                    z[:, c] += kernels[:, 9 * c + 3 * i + j] * padded[:, c, i:i + 3, j:j + 4]
        return z

    y = block.mix_1(convolved(block.norm_1(x), predicted('kernels_1')))
    y = F.leaky_relu(y * torch.sigmoid(predicted('gates_1')), 0.2)
    y = block.mix_2(convolved(block.norm_2(y), predicted('kernels_2')))
    y = F.leaky_relu(y * torch.sigmoid(predicted('gates_2')), 0.2)
    hidden = block.norm_shortcut.shared(seg).relu()
    gamma, beta = block.norm_shortcut.gamma(hidden), block.norm_shortcut.beta(hidden)
    shortcut = block.conv_shortcut(block.norm_shortcut.norm(x) * (1 + gamma) + beta)
    torch.testing.assert_close(block(x, given), shortcut + y)


@pytest.mark.parametrize('num_upsamplings', [5, 6])
def test_one_layout_and_several_latents_are_as_many_layouts(num_upsamplings):
    network, inputs = small(latent_dim=6, num_upsamplings=num_upsamplings, image_size=(64, 64))
    torch.manual_seed(1)
    latents, one = torch.randn(3, 6), {name: value[:1] for name, value in inputs.items()}
    calls = []
    network.blocks[3].predict.register_forward_hook(lambda *_: calls.append(1))
    with torch.no_grad():
        found = network(**one, latent=latents)['image']
        assert len(calls) == 1 and found.shape == (3, 3, 64, 64)
        many = {name: value.expand(3, *value.shape[1:]) for name, value in one.items()}
        torch.testing.assert_close(network(**many, latent=latents)['image'], found, rtol=1e-4, atol=1e-5)
        calls.clear()
        prepared = network.prepare(**one, keep=True)
        for latent, expected in zip(latents.split(1), found):
            torch.testing.assert_close(network.render(prepared, latent)['image'][0], expected, rtol=1e-4,
                                       atol=1e-5)
    assert len(calls) == 1
    assert (found[0] - found[1]).abs().max() > 1e-3


def test_many_classes_are_looked_up_to_the_same_numbers(monkeypatch):
    network, inputs = small(num_classes=70)
    with torch.no_grad():
        looked_up = network(**inputs)['image']
        monkeypatch.setattr('ggtoolbox.models.layers.layout.look_up_pays', lambda *_: False)
        torch.testing.assert_close(network(**inputs)['image'], looked_up, rtol=1e-4, atol=1e-5)


def test_a_layout_of_another_size_is_resized_to_the_images():
    network, inputs = small()
    doubled = {name: value.repeat_interleave(2, -1).repeat_interleave(2, -2)
               for name, value in inputs.items()}
    assert torch.equal(network(**doubled)['image'], network(**inputs)['image'])


@pytest.mark.parametrize('changes, complaint', [
    (dict(num_upsamplings=7), 'num_upsamplings must be 5 or 6, found 7'),
    (dict(image_size=(48, 64)), r'image size \(48, 64\) must be multiples of 32'),
    (dict(latent_dim=4, image_size=None), 'image_size must be given with a latent')])
def test_impossible_arguments_are_named(changes, complaint):
    with pytest.raises(InputError, match=complaint):
        small(**changes)
