"""PG2 as released in charliememory/Pose-Guided-Person-Image-Generation (TensorFlow 1), brought into PyTorch's
layout: ``tools/model_converters`` reads no TensorFlow files, so that their variables come as a state dict.

Names are those of :func:`variable_names`, by the order in which TensorFlow numbered the convolutions.
"""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'PG2'
SOURCE = 'charliememory/Pose-Guided-Person-Image-Generation'

_PLACES = {'conv0': 'stem', 'fc_in': 'to_code', 'fc_out': 'from_code', 'out': 'head.convolution'}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    """``enc0.a.weight`` -> ``encoder.0.a.weight``, ``dec1.up.weight`` -> ``narrow.1.weight``."""
    names = {}
    for name in official:
        module, _, leaf = name.rpartition('.')
        step = re.fullmatch(r'(enc|dec)(\d+)\.(a|b|down|up)', module)
        if module in _PLACES:
            names[name] = f'{_PLACES[module]}.{leaf}'
        elif step:
            room = dict(enc='encoder', dec='decoder')[step[1]]
            place = {'down': f'downs.{step[2]}', 'up': f'narrow.{step[2]}'}
            names[name] = f'{place.get(step[3], f"{room}.{step[2]}.{step[3]}")}.{leaf}'
    return names


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    """``conv2.weight`` -> ``layers.1.weight``, ``bn2.weight`` -> ``norms.0.weight``."""
    names = {}
    for name in official:
        found = re.fullmatch(r'(conv|bn)(\d+)\.(weight|bias)', name)
        if found:
            room, behind = dict(conv=('layers', 1), bn=('norms', 2))[found[1]]
            names[name] = f'{room}.{int(found[2]) - behind}.{found[3]}'
        elif name.startswith('out.'):
            names[name] = name.replace('out.', 'to_logits.')
    return names


def _levels(official: State) -> int:
    return 1 + max(int(found[1]) for name in official if (found := re.match(r'enc(\d+)\.', name)))


def infer_coarse_generator(official: State) -> dict:
    """The smallest grid's shape is not in the file: 8 rows, which is what all released models have."""
    stem, levels = official['conv0.weight'], _levels(official)
    columns = official['fc_out.bias'].numel() // stem.shape[0] // 8
    return dict(type='PG2CoarseGenerator', guide_channels=stem.shape[1] - 3, channels=stem.shape[0],
                image_size=(8 * 2 ** (levels - 1), columns * 2 ** (levels - 1)), num_levels=levels,
                code_channels=official['fc_in.bias'].numel())


def infer_generator(official: State) -> dict:
    channels, levels = official['conv0.weight'].shape[0], _levels(official)
    finest = official[f'dec{levels - 1}.a.weight'].shape[1]
    return dict(type='PG2RefinementGenerator', channels=channels, num_levels=levels,
                skip_finest=finest == 2 * channels)


def infer_discriminator(official: State) -> dict:
    """Twice as high as wide, or square, as the released models' pictures are."""
    first = official['conv1.weight']
    layers = sum(bool(re.fullmatch(r'conv\d+\.weight', name)) for name in official)
    cells = official['out.weight'].shape[1] // official[f'conv{layers}.weight'].shape[0]
    columns = next(width for width in range(1, cells + 1) if cells in (width * width, 2 * width * width))
    return dict(type='DCGANDiscriminator', in_channels=first.shape[1], channels=first.shape[0],
                num_layers=layers, kernel_size=first.shape[-1],
                image_size=(cells // columns * 2 ** layers, columns * 2 ** layers))


def variable_names(coarse_levels: int, levels: int, layers: int) -> dict[str, str]:
    """TensorFlow's variables -> the names above, with the part in front.

    Filters are (k, k, in, out) there and must become (out, in, k, k), matrices of linear layers be
    transposed.
    """
    names = {}
    for scope, part, count, has_code in (('Pose_AE/G', 'coarse_generator', coarse_levels, True),
                                         ('UAEnoFC/G', 'generator', levels, False)):
        order = ['conv0']
        for level in range(count):
            order += [f'enc{level}.a', f'enc{level}.b'] + [f'enc{level}.down'] * (level < count - 1)
        for level in range(count):
            narrows = [f'dec{level}.up'] * (has_code and level < count - 1)
            order += [f'dec{level}.a', f'dec{level}.b', *narrows]
        for index, place in enumerate([*order, 'out']):
            variable = f'{scope}/Conv' + (f'_{index}' if index else '')
            names.update({f'{variable}/weights': f'{part}.{place}.weight',
                          f'{variable}/biases': f'{part}.{place}.bias'})
        for variable, place in (('fully_connected', 'fc_in'), ('fully_connected_1', 'fc_out')) * has_code:
            names.update({f'{scope}/{variable}/weights': f'{part}.{place}.weight',
                          f'{scope}/{variable}/biases': f'{part}.{place}.bias'})
    for layer in range(1, layers + 1):
        names.update({f'Discriminator.{layer}.Filters': f'discriminator.conv{layer}.weight',
                      f'Discriminator.{layer}.Biases': f'discriminator.conv{layer}.bias'})
        if layer > 1:
            names.update({f'Discriminator.BN{layer}.scale': f'discriminator.bn{layer}.weight',
                          f'Discriminator.BN{layer}.offset': f'discriminator.bn{layer}.bias'})
    return names | {'Discriminator.Output.W': 'discriminator.out.weight',
                    'Discriminator.Output.b': 'discriminator.out.bias'}


PARTS = {
    'coarse_generator': Part(('conv0.', 'enc0.a.', 'fc_in.'), rename_generator, infer_coarse_generator,
                             GENERATORS),
    'generator': Part(('conv0.', 'enc0.a.'), rename_generator, infer_generator, GENERATORS,
                      accepts=lambda official: 'fc_in.weight' not in official),
    'discriminator': Part(('conv1.', 'bn2.', 'out.'), rename_discriminator, infer_discriminator,
                          DISCRIMINATORS),
}
