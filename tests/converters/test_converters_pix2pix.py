import pytest
import torch

from ggtoolbox.converters.conversion import convert
from ggtoolbox.errors import InputError

TRACKED = ('running_mean', 'running_var', 'num_batches_tracked')


class Official:
    """A state dict, written down layer by layer from the released networks' description.

    ``norm``: batch, instance_2018 (running statistics) or instance_2017 (nothing).
    """

    def __init__(self, norm):
        self.norm_name, self.state = norm, {}
        torch.manual_seed(0)

    def convolution(self, name, after, before, kernel=4, transposed=False, bias=None):
        shape = (before, after) if transposed else (after, before)
        self.state[f'{name}.weight'] = torch.randn(*shape, kernel, kernel)
        if self.norm_name != 'batch' if bias is None else bias:
            self.state[f'{name}.bias'] = torch.randn(after)

    def norm(self, name, channels):
        leaves = {'batch': ('weight', 'bias', *TRACKED), 'instance_2018': TRACKED, 'instance_2017': ()}
        for leaf in leaves[self.norm_name]:
            self.state[f'{name}.{leaf}'] = torch.tensor(3) if leaf.startswith('num') else torch.rand(channels)


def unet(norm='batch', depth=6):
    official, prefix = Official(norm), 'model.model.'
    widths = [2 * min(2 ** i, 8) for i in range(depth)]
    official.convolution('model.model.0', widths[0], 5)
    official.convolution('model.model.3', 3, 2 * widths[0], transposed=True, bias=True)
    for level in range(1, depth):
        inner, outer, innermost = widths[level], widths[level - 1], level == depth - 1
        prefix += f'{1 if level == 1 else 3}.model.'
        official.convolution(f'{prefix}1', inner, outer)
        if not innermost:
            official.norm(f'{prefix}2', inner)
        up = 3 if innermost else 5
        official.convolution(f'{prefix}{up}', outer, inner * (1 if innermost else 2), transposed=True)
        official.norm(f'{prefix}{up + 1}', outer)
    return official.state


def resnet(norm='instance_2018', blocks=3, layers=(1, 2, 5, 6)):
    official = Official(norm)
    for index, (after, before, kernel) in {1: (2, 4, 7), 4: (4, 2, 3), 7: (8, 4, 3)}.items():
        official.convolution(f'model.{index}', after, before, kernel)
        official.norm(f'model.{index + 1}', after)
    for block in range(blocks):
        for convolution, norm in (layers[:2], layers[2:]):
            official.convolution(f'model.{10 + block}.conv_block.{convolution}', 8, 8, 3)
            official.norm(f'model.{10 + block}.conv_block.{norm}', 8)
    for index, (after, before) in {10 + blocks: (4, 8), 13 + blocks: (2, 4)}.items():
        official.convolution(f'model.{index}', after, before, 3, transposed=True)
        official.norm(f'model.{index + 1}', after)
    official.convolution(f'model.{17 + blocks}', 3, 2, 7, bias=True)
    return official.state


def patch(norm='batch', layers=3):
    official, width = Official(norm), 2
    official.convolution('model.0', width, 6, bias=True)
    for index in range(2, 3 * layers, 3):
        official.convolution(f'model.{index}', min(2 * width, 16), width)
        width = min(2 * width, 16)
        official.norm(f'model.{index + 1}', width)
    official.convolution(f'model.{3 * layers + 2}', 1, width, bias=True)
    return official.state


def pixel(norm='batch'):
    official = Official(norm)
    official.convolution('net.0', 2, 6, 1, bias=True)
    official.convolution('net.2', 4, 2, 1)
    official.norm('net.3', 4)
    official.convolution('net.5', 1, 4, 1)
    return official.state


NORMS = {'batch': dict(norm='batch'), 'instance_2018': dict(norm='instance', track_running_stats=True),
         'instance_2017': dict(norm='instance', track_running_stats=False)}
VARIANTS = [
    *((unet(norm, depth), dict(type='UNetGenerator', num_downsamplings=depth, source_channels=5, **expected))
      for norm, expected in NORMS.items() for depth in (5, 8)),
    *((resnet(norm, blocks, layers), dict(type='ResNetGenerator', num_blocks=blocks, padding_mode=padding,
                                          dropout=dropout, **expected))
      for norm, expected in NORMS.items()
      for blocks, layers, padding, dropout in ((3, (1, 2, 5, 6), 'reflect', 0.0),
                                               (1, (1, 2, 6, 7), 'reflect', 0.5),
                                               (2, (0, 1, 3, 4), 'zeros', 0.0),
                                               (9, (0, 1, 4, 5), 'zeros', 0.5))),
    *((patch(norm, layers), dict(type='PatchDiscriminator', num_layers=layers + 1, in_channels=6, **expected))
      for norm, expected in NORMS.items() for layers in (2, 3, 5)),
    *((pixel(norm), dict(type='PixelDiscriminator', in_channels=6, **expected))
      for norm, expected in NORMS.items()),
]


@pytest.mark.parametrize('official, expected', VARIANTS)
def test_every_variant_is_recognised_mapped_and_loaded(official, expected):
    conversion = convert('pix2pix', official)
    conversion.check('latest_net_G.pth')
    assert conversion.part == ('generator' if expected['type'].endswith('Generator') else 'discriminator')
    assert expected.items() <= conversion.network.items()
    assert conversion.names.keys() == official.keys()
    assert len(set(conversion.names.values())) == len(official)


def test_counts_of_batches_may_be_missing():
    official = {name: value for name, value in resnet().items() if not name.endswith('num_batches_tracked')}
    conversion = convert('pix2pix', official)
    conversion.check('latest_net_G.pth')
    assert 'blocks.0.second.1.running_var' in conversion.state


@pytest.mark.parametrize('change, message', [
    (lambda s: s.pop('model.11.conv_block.5.weight'), "the file lacks 'blocks.1.second.0.weight'"),
    (lambda s: s.update({'model.1.bias': torch.zeros(9)}), "another shape for 'stem.0.bias'"),
    (lambda s: s.update({'model.99.weight': torch.zeros(1)}), "no place for 'model.99.weight'"),
])
def test_differences_are_named(change, message):
    official = resnet()
    change(official)
    with pytest.raises(InputError, match=message):
        convert('pix2pix', official).check('latest_net_G.pth')


def test_a_file_of_cyclegan_must_say_which_of_two_it_is():
    with pytest.raises(InputError, match='the generator or the inverse_generator of a released cyclegan'):
        convert('cyclegan', resnet())
    for part in ('generator', 'inverse_generator'):
        assert convert('cyclegan', resnet(), part).part == part
    with pytest.raises(InputError, match='expected the source_discriminator'):
        convert('cyclegan', resnet(), 'source_discriminator')
