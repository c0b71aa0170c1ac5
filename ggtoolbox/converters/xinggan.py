"""XingGAN as released in Ha0Tang/XingGAN: ``<epoch>_net_netG.pth``, ``_net_netD_PP.pth`` (appearance) and
``_net_netD_PB.pth`` (shape). The discriminators' names are the same: say which one a file is by ``--part``.

BiGraphGAN's and PATN's files, which share most names, are read by the same functions.
"""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'PoseTransferGAN'
SOURCE = 'Ha0Tang/XingGAN'

_ENCODERS = {'stream1_down': 'appearance_encoder', 'stream2_down': 'shape_encoder'}
_STACKS = {'conv_block_stream1': 'appearance_stack', 'conv_block_stream2': 'shape_stack'}
# Layers of a stack of two convolutions: with dropout between them, and without.
_LAYERS = ({'1': 'first.0', '2': 'first.1', '6': 'second.0', '7': 'second.1'},
           {'1': 'first.0', '2': 'first.1', '5': 'second.0', '6': 'second.1'})
_INSIDE_BLOCK = {'query_conv.': 'attention.both.query.', 'key_conv.': 'attention.both.key.',
                 'value_conv.': 'attention.both.value.', 'gamma': 'attention.both.gamma'}
_FUSION = {'x2_con': 'decoders.shape_features.narrow.0', 'x2_norm': 'decoders.shape_features.narrow.1',
           'atte_con': 'decoders.joint_features.upsamplers.0.deconvolution',
           'atte_norm': 'decoders.joint_features.norms.0',
           'atte_con1': 'decoders.joint_features.upsamplers.1.deconvolution',
           'atte_norm1': 'decoders.joint_features.norms.1', 'atte_con2': 'head.to_attention'}


def stack_layers(official: Iterable[str]) -> dict[str, str]:
    """The numbers of a stack's layers -> ours; without dropout the second convolution has number 5."""
    nodrop = any(re.search(r'conv_block(_stream\d)?\.5\.', name) for name in official)
    return _LAYERS[nodrop]


def rename_two_stream(official: Iterable[str], inside_block: dict[str, str], others: dict[str, str],
                      last: dict[str, str]) -> dict[str, str]:
    """Official names of a generator of two streams -> ours.

    Args:
        inside_block: beginnings of names in a block, but for the stacks -> ours.
        others: modules that only this system has -> ours.
        last: up path -> the module behind its last number.
    """
    official = list(official)
    layers, depth = stack_layers(official), num_downsamplings(official)
    ups = {'stream1_up': 'features', 'stream2_up': 'shape_features'}
    names = {}
    for name in official:
        module, _, rest = name.removeprefix('model.').partition('.')
        number, _, leaf = rest.partition('.')
        if module == 'att':
            inner = _rename_in_block(leaf, layers, inside_block)
            if inner:
                names[name] = f'blocks.{number}.{inner}'
        elif module in _ENCODERS:
            step, layer = divmod(int(number) - 1, 3)
            names[name] = f'{_ENCODERS[module]}.{step}.{layer}.{leaf}'
        elif module in ups and int(number) < 3 * depth:
            step, layer = divmod(int(number), 3)
            place = f'norms.{step}' if layer else f'upsamplers.{step}.deconvolution'
            names[name] = f'decoders.{ups[module]}.{place}.{leaf}'
        elif module in last:
            names[name] = f'{last[module]}.{leaf}'
        elif module in others:
            names[name] = f'{others[module]}.{rest}'
    return names


def _rename_in_block(name: str, layers: dict[str, str], inside_block: dict[str, str]) -> str | None:
    stack, _, rest = name.partition('.')
    if stack in _STACKS:
        number, _, leaf = rest.partition('.')
        return f'{_STACKS[stack]}.{layers[number]}.{leaf}' if number in layers else None
    return next((ours + name.removeprefix(theirs) for theirs, ours in inside_block.items()
                 if name.startswith(theirs)), None)


def num_downsamplings(official: Iterable[str]) -> int:
    """How often a generator's, or a discriminator's, encoder halves."""
    pattern = re.compile(r'(?:model\.stream1_down|model)\.(\d+)\.\w+')
    return max((int(match[1]) - 1) // 3 for name in official if (match := pattern.fullmatch(name)))


def infer_two_stream(official: State, kind: str) -> dict:
    """All but what leaves no trace: without a layer number for dropout there is none, else 0.5."""
    image, guides = (official[f'model.stream{i}_down.1.weight'] for i in (1, 2))
    return dict(type=kind, source_channels=image.shape[1], guide_channels=guides.shape[1] // 2,
                channels=image.shape[0], num_downsamplings=num_downsamplings(official),
                num_blocks=1 + max(int(name.split('.')[2]) for name in official
                                   if name.startswith('model.att.')),
                norm='batch' if 'model.stream1_down.2.weight' in official else 'instance',
                dropout=0.0 if stack_layers(official) is _LAYERS[1] else 0.5)


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    to_images = {'stream1_up': 'head.to_appearance_images', 'stream2_up': 'head.to_shape_images'}
    return rename_two_stream(official, _INSIDE_BLOCK, _FUSION, to_images)


def infer_generator(official: State) -> dict:
    to_images = official[f'model.stream1_up.{3 * num_downsamplings(official) + 1}.bias']
    return infer_two_stream(official, 'XingGANGenerator') | dict(
        head=dict(type='CoAttentionFusion', num_intermediates=len(to_images) // 3,
                  attention_bias='model.atte_con2.bias' in official))


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    """``model.1`` and ``.2``, ``model.4`` and ``.5``, ... are convolutions and norms; blocks follow."""
    official = list(official)
    layers = stack_layers(official)
    first_block = 4 + 3 * num_downsamplings(official)
    names = {}
    for name in official:
        inner = re.fullmatch(r'model\.(\d+)\.conv_block\.(\d+)\.(\w+)', name)
        outer = re.fullmatch(r'model\.(\d+)\.(\w+)', name)
        if inner and inner[2] in layers:
            names[name] = f'blocks.{int(inner[1]) - first_block}.{layers[inner[2]]}.{inner[3]}'
        elif outer:
            step, layer = divmod(int(outer[1]) - 1, 3)
            names[name] = f'encoder.{step}.{layer}.{outer[2]}'
    return names


def infer_discriminator(official: State) -> dict:
    first = official['model.1.weight']
    return dict(type='ResidualDiscriminator', in_channels=first.shape[1], channels=first.shape[0],
                num_blocks=len({name.split('.')[1] for name in official if '.conv_block.' in name}),
                num_downsamplings=num_downsamplings(official),
                norm='batch' if 'model.2.weight' in official else 'instance',
                dropout=0.0 if stack_layers(official) is _LAYERS[1] else 0.5)


DISCRIMINATOR = Part(('model.1.weight', 'model.10.'), rename_discriminator, infer_discriminator,
                     DISCRIMINATORS)
DISCRIMINATOR_PARTS = {'appearance_discriminator': DISCRIMINATOR, 'shape_discriminator': DISCRIMINATOR}
PARTS = {
    'generator': Part(('model.att.0.query_conv.', 'model.atte_con2.'), rename_generator, infer_generator,
                      GENERATORS),
    **DISCRIMINATOR_PARTS,
}
