"""While a graph is recorded, the ops are plain operators that equal their fast forms."""
import pytest
import torch
from torch import nn

from ggtoolbox.models.layers.channel_selection import ChannelSelection
from ggtoolbox.models.layers.layout import Layout, one_hot
from ggtoolbox.ops.class_convolution import class_convolution
from ggtoolbox.ops.crossing_attention import attention
from ggtoolbox.ops.recording import is_recorded
from ggtoolbox.ops.sau import semantic_aware_upsample


class ManyClasses(nn.Module):
    """A convolution over so many classes that eager mode looks its columns up."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(70, 4, 3, padding=1)

    def forward(self, label):
        return Layout(one_hot(label, 70), label, 70).convolve(self.convolution, (8, 6))


class Op(nn.Module):

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def cases():
    torch.manual_seed(0)
    label = torch.randint(-1, 5, (2, 8, 6))
    weight, bias = torch.randn(4, 3, 5, 7, 7), torch.randn(4, 3)
    yield 'sau', Op(semantic_aware_upsample), (torch.randn(2, 5, 8, 6), torch.randn(2, 100, 8, 6))
    yield ('class_convolution', Op(lambda x, kinds: class_convolution(x, kinds, weight, bias)),
           (torch.randn(2, 5, 8, 6), label))
    selection = ChannelSelection()
    nn.init.constant_(selection.gamma, 0.5)
    yield 'selected_convolution', selection, (0.3 * torch.randn(2, 5, 8, 6),)
    yield ('attention', Op(attention),
           (torch.randn(2, 3, 8, 6), torch.randn(2, 3, 8, 6), torch.randn(2, 5, 8, 6)))
    yield 'one_hot_convolution', ManyClasses(), (torch.randint(70, (2, 8, 6)),)


@pytest.mark.parametrize('module, inputs', [pytest.param(*case, id=name) for name, *case in cases()])
def test_what_is_exported_is_plain_and_equal_for_any_batch(module, inputs):
    batch = torch.export.Dim('batch', min=1, max=64)
    shapes = tuple({0: batch} for _ in inputs)
    shapes = (shapes,) if isinstance(module, Op) else shapes
    with torch.no_grad():
        program = torch.export.export(module, inputs, dynamic_shapes=shapes, strict=False)
        targets = {str(node.target) for node in program.graph.nodes if node.op == 'call_function'}
        assert all(target.startswith(('aten.', '<built-in', '_operator')) for target in targets), targets
        assert 'aten.embedding_bag.default' not in targets
        more = [torch.cat([value, value.flip(0)[:1]]) for value in inputs]
        torch.testing.assert_close(program.module()(*more), module(*more), atol=2e-5, rtol=1e-4)


def test_nothing_is_recorded_in_eager_mode():
    assert not is_recorded()
