"""SCGAN as released in jackyjsy/SCGAN: ``<epoch>_<iteration>_G.pth``, ``_D.pth`` and ``_A.pth``.

The training code builds ``Generator_SC_3``, ``Discriminator_CNN`` and ``Segmentor``; its model file also has
``Generator_SC_2``, with a linear layer ``dense`` that nothing uses, and a discriminator of residual blocks. A
generator's file holds tensors of its blocks twice.
"""
from __future__ import annotations

import re
from collections.abc import Iterable

import torch

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'SCGAN'
SOURCE = 'jackyjsy/SCGAN'

_COPIES = {'conv1': 'model.0', 'conv2': 'model.4', 'conv_sc': 'bypass.1'}  # in a block of the generator
_UP_BLOCK = {'model.0': 'first.0', 'model.1': 'first.1', 'model.4': 'second.0', 'model.5': 'second.1',
             'bypass.1': 'bypass'}
_SPECTRAL = {'bias': 'bias', 'weight_u': 'weight_u', 'weight_v': 'weight_v', 'weight_bar': 'weight_orig'}


def drop_second_copies(official: State) -> State:
    """A generator's tensors once, and without the ``dense`` that nothing uses.

    Raises:
        InputError: two copies differ.
    """
    once = {}
    last = max((name for name in official if re.fullmatch(r'model[12]\.\d+\.weight', name)
                and official[name].dim() == 4), default='', key=_place)
    for name, value in official.items():
        block, _, rest = name.rpartition('.conv')
        module, _, leaf = f'conv{rest}'.rpartition('.')
        first = f'{block}.{_COPIES[module]}.{leaf}' if block and module in _COPIES else name
        if name.startswith('final.'):
            first = f'{last.rpartition(".")[0]}.{name.removeprefix("final.")}'
        if first != name and not (first in official and torch.equal(official[first], value)):
            raise InputError(f'{name!r} must equal {first!r}, of which it is the second copy in released '
                             'files, found other values')
        if first == name and not name.startswith('dense.'):
            once[name] = value
    return once


def _place(name: str) -> tuple[int, int]:
    """(network, place in it) of ``model1.4.weight``."""
    network, place = re.match(r'model(\d)\.(\d+)', name).groups()
    return int(network), int(place)


def _places(official: Iterable[str]) -> list[tuple[str, str]]:
    """The numbered modules of ``model1`` and ``model2`` in order, each with its kind: ``block``, or
    ``layer`` for a convolution or a norm."""
    found = {}
    for name in official:
        match = re.match(r'(model[12]\.\d+)\.(model\.|bypass\.)?', name)
        if match:
            found[match[1]] = 'block' if match[2] else 'layer'
    return sorted(found.items(), key=lambda entry: _place(entry[0]))


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    places = _places(official)
    blocks, layers = ([place for place, is_ in places if is_ == kind] for kind in ('block', 'layer'))
    ours = {place: f'blocks.{index}' for index, place in enumerate(blocks)}
    if layers[:-2]:  # SC_2: a convolution in front of the first block; norm and convolution of the second
        ours.update(zip(layers, ('merge_convolutions.0', 'merge_norms.1', 'merge_convolutions.1')))
    ours.update(zip(layers[-2:], ('norm', 'head.convolution')))
    names = {}
    for name in official:
        network, place, module, leaf = re.fullmatch(r'(\w+)\.(\w+)\.(?:(.+)\.)?(\w+)', name).groups()
        if network == 'model_s':
            names[name] = f'label_encoder.{int(place) // 3}.{int(place) % 3}.{leaf}'
        elif module is None:
            names[name] = f'{ours[f"{network}.{place}"]}.{leaf}'
        elif module in _UP_BLOCK:
            names[name] = f'{ours[f"{network}.{place}"]}.{_UP_BLOCK[module]}.{leaf}'
    return names


def infer_generator(official: State) -> dict:
    """All but how many of the channels that join are attributes: 5, CelebA's, where the shape cannot tell."""
    first = official['model_s.0.weight']
    places = _places(official)
    down = len({name for name in official if name.startswith('model_s.') and official[name].dim() == 4})
    deepest = first.shape[0] * 2 ** (down - 1)
    config = dict(type='SCGANGenerator', num_classes=first.shape[1], channels=first.shape[0],
                  num_doublings=sum(kind == 'block' for _, kind in places), image_size=None,
                  latent_channels=None)
    if 'model2.0.weight' in official:
        latent = official['model1.0.weight'].shape[1] - deepest
        attributes = official['model2.0.weight'].shape[1] - official['model1.2.weight'].shape[0]
        return dict(config, latent_dim=latent, num_attributes=attributes, attribute_step=1, merge='convolve')
    joined = official['model1.0.model.0.weight'].shape[1] - deepest
    return dict(config, **_split(joined), attribute_step=0)


def _split(joined: int) -> dict:
    """Latent vector and attributes of a known sum: powers of two are latent vectors."""
    latent = 2 ** (joined.bit_length() - 1)
    return dict(latent_dim=latent, num_attributes=joined - latent)


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    if 'fc.module.bias' in official:
        return rename_spectral(official)
    heads = {'conv1.weight': 'to_logits.weight', 'conv2.weight': 'to_attributes.weight'}
    layers = {name: re.fullmatch(r'main\.(\d+)\.(\w+)', name) for name in official}
    return {name: f'layers.{int(layer[1]) // 2}.{layer[2]}' if layer else heads[name]
            for name, layer in layers.items() if layer or name in heads}


def infer_discriminator(official: State) -> dict:
    if 'fc.module.bias' in official:
        return infer_spectral(official)
    layers, first = sum(name.endswith('.bias') for name in official), official['main.0.weight']
    attributes, _, *last = official['conv2.weight'].shape
    return dict(type='AttributeDiscriminator', num_attributes=attributes, num_layers=layers,
                image_size=tuple(length * 2 ** layers for length in last), channels=first.shape[0],
                leaky_slope=0.01, in_channels=first.shape[1])


def rename_spectral(official: Iterable[str]) -> dict[str, str]:
    heads = {'fc.module': 'to_logits', 'classify': 'to_attributes'}
    names = {}
    for name in official:
        module, _, leaf = name.rpartition('.')
        block = re.fullmatch(r'model\.(\d+)\.(model|bypass)\.(\d+)\.module', module)
        if block:
            inside = 'bypass'
            if block[2] == 'model':  # without the first block's missing ReLU the convolutions are 1 and 3
                inside = 'first' if int(block[3]) < 2 else 'second'
            names[name] = f'blocks.{block[1]}.{inside}.{_SPECTRAL[leaf]}'
        elif module in heads:
            names[name] = f'{heads[module]}.{leaf if module == "classify" else _SPECTRAL[leaf]}'
    return names


def infer_spectral(official: State) -> dict:
    first = official['model.0.model.0.module.weight_bar']
    halvings = {name.split('.')[1] for name in official if '.bypass.' in name}
    return dict(type='SpectralAttributeDiscriminator', num_attributes=len(official['classify.bias']),
                channels=first.shape[0], num_downsamplings=len(halvings), in_channels=first.shape[1])


def rename_segmentor(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    places = sorted({int(name.split('.')[1]) for name in official})
    blocks = sorted({int(name.split('.')[1]) for name in official if '.main.' in name})
    before = [place for place in places if place < blocks[0]]
    after = [place for place in places if place > blocks[-1]]
    ours = {place: f'blocks.{index}' for index, place in enumerate(blocks)}
    for index, place in enumerate(before):
        ours[place] = f'stem.{index}' if index < 2 else f'downs.{index // 2 - 1}.{index % 2}'
    for index, place in enumerate(after[:-1]):
        ours[place] = f'ups.{index // 2}.{index % 2}'
    ours.update({place: 'to_logits' for place in after[-1:]})
    inside = {'0': 'first.0', '1': 'first.1', '3': 'second.0', '4': 'second.1'}
    names = {}
    for name in official:
        _, place, *rest = name.split('.')
        if rest[0] == 'main':
            rest = [inside[rest[1]], *rest[2:]]
        names[name] = '.'.join([ours[int(place)], *rest])
    return names


def infer_segmentor(official: State) -> dict:
    stem = official['main.0.weight']
    blocks = {name.split('.')[1] for name in official if '.main.' in name}
    last = official[max(official, key=lambda name: int(name.split('.')[1]))]
    downs = sum(value.dim() == 4 for name, value in official.items()
                if int(name.split('.')[1]) < min(map(int, blocks))) - 1
    return dict(type='Segmentor', num_classes=last.shape[0], channels=stem.shape[0], num_blocks=len(blocks),
                num_downsamplings=downs, stem_kernel_size=stem.shape[-1], last_kernel_size=last.shape[-1],
                in_channels=stem.shape[1])


PARTS = {
    'generator': Part(('model_s.0.weight', 'model1.0.'), rename_generator, infer_generator, GENERATORS,
                      prepare=drop_second_copies),
    'discriminator': Part((('conv1.weight', 'fc.module.weight_bar'), ('conv2.weight', 'classify.weight')),
                          rename_discriminator, infer_discriminator, DISCRIMINATORS),
    'segmentor': Part(('main.0.weight', 'main.9.main.0.weight'), rename_segmentor, infer_segmentor,
                      BACKBONES),
}
