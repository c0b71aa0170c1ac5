import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import DAGANGenerator, SPADEGenerator
from ggtoolbox.models.generators.dagan import PositionWiseSpatialAttention, ScaleWiseChannelAttention


def small(**changes):
    torch.manual_seed(0)
    arguments, inputs = DAGANGenerator.example()
    return DAGANGenerator(**{**arguments, **changes}).eval(), inputs


@pytest.mark.parametrize('kernel_size', [3, 7])
def test_spatial_attention_weighs_places(kernel_size):
    torch.manual_seed(0)
    module, x = PositionWiseSpatialAttention(kernel_size), torch.randn(2, 4, 6, 5)
    weight = module.convolution.weight
    assert weight.shape == (1, 2, kernel_size, kernel_size)
    padded = F.pad(torch.stack([x.mean(1), x.max(1).values], dim=1), [kernel_size // 2] * 4)
    expected = torch.empty_like(x)
    for row in range(6):
        for column in range(5):
            window = padded[:, :, row:row + kernel_size, column:column + kernel_size]
            score = (window * weight).sum((1, 2, 3))
            expected[:, :, row, column] = x[:, :, row, column] / (1 + torch.exp(-score))[:, None]
    torch.testing.assert_close(module(x), expected)


def test_channel_attention_multiplies_the_high_level_alone():
    torch.manual_seed(0)
    module, low, high = ScaleWiseChannelAttention(3), torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5)
    means = torch.cat([low.flatten(2).mean(2), high.flatten(2).mean(2)], dim=1)
    hidden = (means @ module.squeeze.weight.flatten(1).T + module.squeeze.bias).clamp(min=0)
    c = torch.sigmoid(hidden @ module.excite.weight.flatten(1).T + module.excite.bias)
    torch.testing.assert_close(module(low, high), low + high * c[:, :, None, None])


def test_an_impossible_kernel_is_named():
    with pytest.raises(InputError, match='kernel_size must be 3 or 7, found 5'):
        small(spatial_kernel_size=5)


@pytest.mark.parametrize('spatial, channel', [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize('num_upsamplings', [5, 7])
def test_the_head_reads_the_sum_of_the_attentions(spatial, channel, num_upsamplings):
    network, inputs = small(spatial_attention=spatial, channel_attention=channel, image_size=(128, 128),
                            num_upsamplings=num_upsamplings)
    seen = {}
    network.blocks[-1].register_forward_hook(lambda _m, given, out: seen.update(entered=given[0], left=out))
    network.head.register_forward_hook(lambda _m, given, out: seen.update(read=given[0]))
    network(**inputs)
    expected = 0
    if channel:
        expected = network.channel_attention(network.narrow(seen['entered']), seen['left'])
    if spatial:
        expected = expected + network.spatial_attention(seen['left'])
    assert not torch.equal(seen['read'], seen['left'])
    torch.testing.assert_close(seen['read'], expected)


def test_without_attention_it_is_gaugans():
    network, inputs = small(spatial_attention=False, channel_attention=False)
    plain = SPADEGenerator(**SPADEGenerator.example()[0]).eval()
    plain.load_state_dict(network.state_dict())
    assert torch.equal(network(**inputs)['image'], plain(**inputs)['image'])


def test_the_attentions_parameters_are_the_released_ones():
    arguments = dict(num_classes=35, edge=True)
    with torch.device('meta'):
        counts = [sum(p.numel() for p in kind(**arguments).parameters())
                  for kind in (DAGANGenerator, SPADEGenerator)]
    assert counts[0] - counts[1] == 73_792 + 12_416 + 18
