import pytest
import torch

from ggtoolbox.converters.conversion import convert
from ggtoolbox.errors import InputError

TWICE = {'model.0': 'conv1', 'model.4': 'conv2', 'bypass.1': 'conv_sc'}


def layer(name, *shape, bias=True):
    return {f'{name}.weight': torch.randn(shape), **({f'{name}.bias': torch.randn(shape[0])} if bias else {})}


def norm(name, width):
    return {f'{name}.weight': torch.randn(width), f'{name}.bias': torch.randn(width)}


def up_block(name, before, after):
    """RESBLKUP as released: its convolutions under two names."""
    state = {**layer(f'{name}.model.0', after, before, 3, 3), **norm(f'{name}.model.1', after),
             **layer(f'{name}.model.4', after, after, 3, 3), **norm(f'{name}.model.5', after),
             **layer(f'{name}.bypass.1', after, before, 1, 1)}
    copies = {f'{name}.{copy}.{leaf}': state[f'{name}.{first}.{leaf}'] for first, copy in TWICE.items()
              for leaf in ('weight', 'bias')}
    return {**state, **copies}


def encoder(classes, width, halvings):
    state, before = {}, classes
    for i in range(halvings):
        state.update(layer(f'model_s.{3 * i}', width * 2 ** i, before, 4, 4),
                     **norm(f'model_s.{3 * i + 1}', width * 2 ** i))
        before = width * 2 ** i
    return state


def sc_3(width=2, latent=16, attributes=5, classes=7):
    state = {**encoder(classes, width, 4), **up_block('model1.0', 8 * width + latent + attributes, 8 * width)}
    for i in range(1, 4):
        state.update(up_block(f'model1.{i}', width * 2 ** (4 - i), width * 2 ** (3 - i)))
    state.update(norm('model1.4', width), **layer('model1.6', 3, width, 3, 3))
    return {**state, 'final.weight': state['model1.6.weight'], 'final.bias': state['model1.6.bias']}


def sc_2(width=2, latent=6, attributes=3, classes=4):
    state = {**encoder(classes, width, 3), **layer('dense', 8, latent),
             **layer('model1.0', 8 * width, 4 * width + latent, 3, 3),
             **up_block('model1.1', 8 * width, 4 * width),
             **norm('model1.2', 4 * width), **layer('model2.0', 4 * width, 4 * width + attributes, 3, 3),
             **up_block('model2.1', 4 * width, 2 * width), **up_block('model2.2', 2 * width, width),
             **norm('model2.3', width), **layer('model2.5', 3, width, 3, 3)}
    return {**state, 'final.weight': state['model2.5.weight'], 'final.bias': state['model2.5.bias']}


def discriminator(layers=3, width=2, attributes=5):
    state, before = {}, 3
    for i in range(layers):
        state.update(layer(f'main.{2 * i}', width * 2 ** i, before, 4, 4))
        before = width * 2 ** i
    return {**state, **layer('conv1', 1, before, 3, 3, bias=False),
            **layer('conv2', attributes, before, 2, 2, bias=False)}


def spectral(name, rows, *rest):
    weight = torch.randn(rows, *rest)
    leaves = dict(bias=torch.randn(rows), weight_bar=weight, weight_u=torch.randn(rows),
                  weight_v=torch.randn(weight[0].numel()))
    return {f'{name}.module.{leaf}': value for leaf, value in leaves.items()}


def spectral_discriminator(width=2, halvings=2, attributes=4):
    state, before = {}, 3
    for i in range(halvings + 1):
        after, first = width * 2 ** min(i, halvings - 1), int(i > 0)
        state.update(spectral(f'model.{i}.model.{first}', after, before, 3, 3),
                     **spectral(f'model.{i}.model.{first + 2}', after, after, 3, 3))
        if i < halvings:
            state.update(spectral(f'model.{i}.bypass.{1 - first}', after, before, 1, 1))
        before = after
    return {**state, **spectral('fc', 1, before), **layer('classify', attributes, before)}


def segmentor(width=2, blocks=3, classes=7):
    state, before = {}, 3
    for i, (kernel, after) in enumerate(((7, width), (4, 2 * width), (4, 4 * width))):
        state.update(layer(f'main.{3 * i}', after, before, kernel, kernel, bias=False),
                     **norm(f'main.{3 * i + 1}', after))
        before = after
    for i in range(9, 9 + blocks):
        for place in (0, 3):
            state.update(layer(f'main.{i}.main.{place}', before, before, 3, 3, bias=False),
                         **norm(f'main.{i}.main.{place + 1}', before))
    for i, after in ((9 + blocks, 2 * width), (12 + blocks, width)):
        state.update(layer(f'main.{i}', before, after, 4, 4, bias=False), **norm(f'main.{i + 1}', after))
        before = after
    return {**state, **layer(f'main.{15 + blocks}', classes, width, 7, 7, bias=False)}


@pytest.mark.parametrize('official, part, expected', [
    (sc_3(), 'generator',
     dict(num_classes=7, latent_dim=16, num_attributes=5, channels=2, attribute_step=0)),
    (sc_3(latent=512, attributes=17), 'generator', dict(latent_dim=512, num_attributes=17)),
    (sc_2(), 'generator',
     dict(num_classes=4, latent_dim=6, num_attributes=3, merge='convolve', num_doublings=3)),
    (discriminator(), 'discriminator',
     dict(num_attributes=5, num_layers=3, image_size=(16, 16), leaky_slope=0.01)),
    (spectral_discriminator(), 'discriminator',
     dict(type='SpectralAttributeDiscriminator', num_downsamplings=2)),
    (segmentor(), 'segmentor', dict(num_classes=7, channels=2, num_blocks=3, stem_kernel_size=7)),
], ids=['sc_3', 'sc_3_fashion', 'sc_2', 'discriminator', 'spectral', 'segmentor'])
def test_every_tensor_finds_its_place_and_the_part_is_recognised(official, part, expected):
    conversion = convert('scgan', official)
    conversion.check('released.pth')
    assert conversion.part == part
    assert conversion.network.items() >= expected.items()
    # one to one, and what is mapped keeps its values
    assert len(set(conversion.names.values())) == len(conversion.names)
    for theirs, ours in conversion.names.items():
        assert torch.equal(conversion.state[ours], official[theirs])


def test_copies_and_what_is_never_used_are_left_out():
    names = convert('scgan', sc_2()).names
    assert not any(name.startswith(('dense', 'final')) or '.conv' in name for name in names)


@pytest.mark.parametrize('name, first', [
    ('final.bias', 'model1.6.bias'), ('model1.2.conv_sc.weight', 'model1.2.bypass.1.weight')])
def test_copies_that_differ_are_refused(name, first):
    official = sc_3()
    official[name] = official[name] + 1
    with pytest.raises(InputError, match=f"'{name}' must equal '{first}'"):
        convert('scgan', official)


def test_a_tensor_without_a_place_is_named():
    with pytest.raises(InputError, match="no place for 'main.7.weight'"):
        convert('scgan', {**discriminator(), 'main.7.weight': torch.randn(2)}).check('D.pth')
