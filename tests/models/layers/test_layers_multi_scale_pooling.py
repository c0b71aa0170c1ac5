import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.multi_scale_pooling import MultiScaleSelection, MultiScaleSpatialPooling


def test_scales_in_order_and_the_features_last():
    x = torch.randn(2, 3, 10, 11)
    y = MultiScaleSpatialPooling((1, 4, 9))(x)
    assert y.shape == (2, 12, 10, 11)
    torch.testing.assert_close(y[:, :3], x.square())
    torch.testing.assert_close(y[:, 9:], x)


def test_a_pooled_map_drops_the_border_and_is_stretched_over_the_whole():
    x = torch.zeros(1, 1, 5, 5)
    x[..., :2, :2], x[..., 2:4, 2:4], x[..., 4, :] = 1.0, 3.0, 100.0
    y = MultiScaleSpatialPooling((2,))(torch.ones_like(x) * x)
    means = torch.tensor([[1.0, 0.0], [0.0, 3.0]]).reshape(1, 1, 2, 2)
    stretched = F.interpolate(means, size=(5, 5), mode='bilinear', align_corners=True)
    assert stretched[0, 0, 4, 4] == 3.0
    torch.testing.assert_close(y[:, :1], x * stretched)


def test_the_largest_scale_must_fit():
    with pytest.raises(InputError, match=r'largest of the scales \(1, 9\), found \(8, 12\)'):
        MultiScaleSpatialPooling((1, 9))(torch.zeros(1, 2, 8, 12))
    with pytest.raises(InputError, match=r'whole numbers from 1 on, found \(0, 2\)'):
        MultiScaleSpatialPooling((0, 2))


@pytest.mark.parametrize('scales', [(1, 4, 9), (2,), ()])
@pytest.mark.parametrize('channel_selection', [True, False])
def test_selection_is_pooling_channel_attention_and_convolution(scales, channel_selection):
    torch.manual_seed(0)
    block, x = MultiScaleSelection(3, scales, channel_selection).double(), torch.randn(2, 3, 9, 10).double()
    wide = block.pooling(x) if scales else x
    if channel_selection:
        torch.nn.init.constant_(block.channel_selection.gamma, 0.5)
        wide = block.channel_selection(wide)
    torch.testing.assert_close(block(x), block.convolution(wide))
    assert block.convolution.in_channels == 3 * (len(scales) + 1)
