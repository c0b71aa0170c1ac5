import copy

import pytest
import torch

from ggtoolbox.converters.conversion import convert, families, find_family
from ggtoolbox.errors import InputError

NORM_BUFFERS = ('running_mean', 'running_var', 'num_batches_tracked')


def draw(shapes):
    torch.manual_seed(0)
    return {name: torch.tensor(3) if name.endswith('num_batches_tracked') else torch.randn(shape)
            for name, shape in shapes.items()}


def convolution(name, after, before, kernel, spectral=True, bias=True):
    shapes = {f'{name}.bias': (after,)} if bias else {}
    weight = (after, before, kernel, kernel)
    if not spectral:
        return {**shapes, f'{name}.weight': weight}
    return {**shapes, f'{name}.weight_orig': weight, f'{name}.weight_u': (after,),
            f'{name}.weight_v': (before * kernel * kernel,)}


def official_generator(norm='batch', kernel=3, spectral=True, latent=None, most=False):
    """A generator's state dict, written down from the released network's description."""
    classes, width, grid = 3, 2 if most else 1, 2
    widths = dict(head_0=(16, 16), G_middle_0=(16, 16), G_middle_1=(16, 16), up_0=(16, 8), up_1=(8, 4),
                  up_2=(4, 2), up_3=(2, 1))
    if most:
        widths['up_4'] = (1, 0.5)
    shapes = ({'fc.weight': (16 * width * grid, latent), 'fc.bias': (16 * width * grid,)} if latent
              else convolution('fc', 16 * width, classes, 3, spectral=False))
    for block, factors in widths.items():
        before, after = (int(width * factor) for factor in factors)
        middle = min(before, after)
        shapes.update(convolution(f'{block}.conv_0', middle, before, 3, spectral))
        shapes.update(convolution(f'{block}.conv_1', after, middle, 3, spectral))
        norms = {'norm_0': before, 'norm_1': middle}
        if before != after:
            shapes.update(convolution(f'{block}.conv_s', after, before, 1, spectral, bias=False))
            norms['norm_s'] = before
        for name, channels in norms.items():
            layer = f'{block}.{name}'
            if norm == 'batch':
                shapes.update({f'{layer}.param_free_norm.{buffer}': () if buffer.startswith('num') else
                               (channels,) for buffer in NORM_BUFFERS})
            shapes.update(convolution(f'{layer}.mlp_shared.0', 128, classes, kernel, spectral=False))
            shapes.update(convolution(f'{layer}.mlp_gamma', channels, 128, kernel, spectral=False))
            shapes.update(convolution(f'{layer}.mlp_beta', channels, 128, kernel, spectral=False))
    last = int(width * list(widths.values())[-1][1])
    return draw({**shapes, **convolution('conv_img', 3, last, 3, spectral=False)})


def official_discriminator(norm='instance', layers=4, scales=2):
    shapes = {}
    for scale in range(scales):
        start, width = f'discriminator_{scale}.model', 2
        shapes.update(convolution(f'{start}0.0', width, 6, 4, spectral=False))
        for layer in range(1, layers):
            name = f'{start}{layer}.0' + ('.0' if norm else '')
            shapes.update(convolution(name, 2 * width, width, 4, bias=norm is None))
            if norm == 'batch':
                shapes.update({f'{start}{layer}.0.1.{leaf}': (2 * width,) for leaf in
                               ('weight', 'bias', 'running_mean', 'running_var')})
            width *= 2
        shapes.update(convolution(f'{start}{layers}.0', 1, width, 4, spectral=False))
    return draw(shapes)


def official_encoder(norm='instance', layers=6):
    shapes, width = {}, 3
    for layer in range(1, layers + 1):
        after = 2 * min(2 ** (layer - 1), 8)
        name = f'layer{layer}' + ('.0' if norm else '')
        shapes.update(convolution(name, after, width, 3, bias=norm is None))
        width = after
    for name in ('fc_mu', 'fc_var'):
        shapes.update({f'{name}.weight': (7, width * 16), f'{name}.bias': (7,)})
    return draw(shapes)


STATES = {
    'generator': [official_generator(), official_generator(norm='instance'),
                  official_generator(most=True), official_generator(kernel=5),
                  official_generator(spectral=False), official_generator(latent=6)],
    'discriminator': [official_discriminator(), official_discriminator('batch'),
                      official_discriminator(None), official_discriminator(layers=3),
                      official_discriminator(scales=3), official_discriminator(layers=1)],
    'encoder': [official_encoder(), official_encoder(None), official_encoder(layers=4)],
}


@pytest.mark.parametrize('part, official', [(part, state) for part, states in STATES.items()
                                            for state in states])
def test_every_variant_is_recognised_mapped_and_loaded(part, official):
    conversion = convert('spade', official)
    assert conversion.part == part
    conversion.check('file.pth')
    assert conversion.names.keys() == official.keys()
    assert len(set(conversion.names.values())) == len(official)
    network = find_family('spade').PARTS[part].registry.build(conversion.network)
    network.load_state_dict(conversion.state)
    back = {theirs: network.state_dict()[ours] for theirs, ours in conversion.names.items()}
    assert all(torch.equal(back[name], value) for name, value in official.items())


def test_prefix_of_data_parallel_and_missing_counts_are_no_matter():
    official = {f'module.{name}': value for name, value in official_generator().items()
                if not name.endswith('num_batches_tracked')}
    conversion = convert('spade', official)
    conversion.check('file.pth')
    assert 'blocks.0.norm_0.norm.running_mean' in conversion.state


def test_a_missing_v_is_derived():
    official = official_generator()
    settled = copy.deepcopy(official)
    for name in [name for name in official if name.endswith('weight_v')]:
        stem = name.removesuffix('_v')
        u, _, v = torch.linalg.svd(official[f'{stem}_orig'].flatten(1))
        settled[f'{stem}_u'], settled[name] = u[:, 0], v[0]
    old = {name: value for name, value in settled.items() if not name.endswith('weight_v')}
    conversion = convert('spade', old)
    conversion.check('file.pth')
    expected = convert('spade', settled).state
    assert len(conversion.derived) == sum(name.endswith('weight_v') for name in official)
    for name in conversion.derived:
        assert torch.allclose(conversion.state[name], expected[name], atol=1e-5) or torch.allclose(
            conversion.state[name], -expected[name], atol=1e-5)


@pytest.mark.parametrize('change, message', [
    (lambda s: s.pop('up_1.conv_0.weight_u'), "the file lacks 'blocks.4.conv_0.weight_u'"),
    (lambda s: s.update({'up_1.conv_0.bias': torch.zeros(9)}),
     "another shape for 'blocks.4.conv_0.bias'"),
    (lambda s: s.update({'netX.weight': torch.zeros(1)}), "no place for 'netX.weight'"),
])
def test_differences_are_named(change, message):
    official = official_generator()
    change(official)
    with pytest.raises(InputError, match=message):
        convert('spade', official).check('file.pth')


def test_other_files_and_families_are_refused():
    with pytest.raises(InputError, match="found 1 tensors such as 'model.0.weight'"):
        convert('spade', {'model.0.weight': torch.zeros(1)})
    with pytest.raises(InputError, match='expected the encoder'):
        convert('spade', official_discriminator(), part='encoder')
    with pytest.raises(InputError, match="did you mean 'spade'"):
        find_family('spades')
    assert 'spade' in families()
