"""StarGAN v2 as released in clovaai/stargan-v2: ``<step>_nets_ema.ckpt``, ``_nets.ckpt``, dicts of networks
by name, whose state dicts these parts are, and the face network ``wing.ckpt``."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'StarGANv2'
SOURCE = 'clovaai/stargan-v2'

_LEAVES = {'.fc.': '.linear.', '.conv1x1.': '.shortcut.'}
_ENDS = {'to_rgb.0.': 'norm.', 'to_rgb.2.': 'to_rgb.'}


def _with_leaves(name: str) -> str:
    for theirs, ours in _LEAVES.items():
        name = name.replace(theirs, ours)
    return name


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    """``decode.3.norm1.fc.weight`` -> ``decode.3.norm1.linear.weight``."""
    names = {}
    for name in official:
        end = next((start for start in _ENDS if name.startswith(start)), None)
        if end:
            names[name] = name.replace(end, _ENDS[end])
        elif not name.startswith('hpf.'):
            names[name] = _with_leaves(name)
    return names


def rename_trunk(official: Iterable[str]) -> dict[str, str]:
    """``shared.1.conv1.weight`` or ``main.1.conv1.weight`` -> ``trunk.1.conv1.weight``; behind the blocks the
    convolution of 4 x 4 and, of a discriminator, that of the logits."""
    official, names = list(official), {}
    last = max((int(found[1]) for name in official
                if (found := re.match(r'(?:shared|main)\.(\d+)\.conv1\.', name))), default=0)
    places = {last + 2: 'convolution', last + 4: 'to_logits'}
    for name in official:
        found = re.fullmatch(r'(?:shared|main)\.(\d+)\.(.+)', name)
        if found and int(found[1]) > last:
            names[name] = f'{places[int(found[1])]}.{found[2]}'
        elif found:
            names[name] = _with_leaves(f'trunk.{found[1]}.{found[2]}')
        elif name.startswith('unshared.'):
            names[name] = name
    return names


def without_filter(official: State) -> State:
    """The high-pass filter is a constant."""
    return {name: value for name, value in official.items() if not name.startswith('hpf.')}


def infer_generator(official: State) -> dict:
    """The width at full size, 2^14 / size in all released models, says the size; a halving more than that
    asks for tells of a high-pass path, whose factor is 1 in the released model."""
    channels = official['from_rgb.weight'].shape[0]
    halvings = sum(bool(re.fullmatch(r'encode\.\d+\.conv1\.weight', name)) for name in official) - 2
    resolution = 2 ** 14 // channels
    return dict(type='StarGANv2Generator', resolution=resolution, channels=channels,
                max_channels=official[f'encode.{halvings - 1}.conv2.weight'].shape[0],
                style_channels=official['decode.0.norm1.fc.weight'].shape[1],
                high_pass=1.0 if halvings > resolution.bit_length() - 5 else 0.0)


def infer_mapping_network(official: State) -> dict:
    first = official['shared.0.weight']
    return dict(type='MappingNetwork', latent_dim=first.shape[1], hidden_channels=first.shape[0],
                num_domains=_domains(official), style_channels=official['unshared.0.6.weight'].shape[0])


def _domains(official: State) -> int:
    return 1 + max(int(name.split('.')[1]) for name in official if name.startswith('unshared.'))


def _trunk(official: State, start: str) -> dict:
    blocks = sum(bool(re.fullmatch(start + r'\.\d+\.conv1\.weight', name)) for name in official)
    return dict(resolution=2 ** (blocks + 2), channels=official[f'{start}.0.weight'].shape[0],
                max_channels=official[f'{start}.{blocks + 2}.weight'].shape[1])


def infer_style_encoder(official: State) -> dict:
    return dict(type='StyleEncoder', num_domains=_domains(official), **_trunk(official, 'shared'),
                style_channels=official['unshared.0.weight'].shape[0])


def infer_discriminator(official: State) -> dict:
    trunk = _trunk(official, 'main')
    last = max(int(name.split('.')[1]) for name in official)
    return dict(type='DomainDiscriminator', num_domains=official[f'main.{last}.weight'].shape[0], **trunk)


_FACE = {'conv1.conv': 'stem', 'bn1': 'stem_norm', 'm0.coordconv.conv': 'join', 'top_m_0': 'top',
         'conv_last0': 'last', 'bn_end0': 'last_norm', 'l0': 'to_maps', 'conv2': 'blocks.0',
         'conv3': 'blocks.1',
         'conv4': 'blocks.2', 'm0.b2_plus_1': 'hour_glass.bottom'}
_GLASS = dict(b1='beside', b2='before', b3='behind')


def rename_mask_network(official: Iterable[str]) -> dict[str, str]:
    """``m0.b1_4.bn2.weight`` -> ``hour_glass.beside.0.steps.1.0.weight``."""
    names = {}
    for name in official:
        block = re.fullmatch(r'(.+)\.(?:(bn|conv)([123])|downsample\.([02]))\.(\w+)', name)
        room = block[1] if block else name.rpartition('.')[0]
        glass = re.fullmatch(r'm0\.(b[123])_([1-4])', room)
        ours = f'hour_glass.{_GLASS[glass[1]]}.{4 - int(glass[2])}' if glass else _FACE.get(room)
        if ours is None:
            continue
        if block and block[2]:
            ours += f'.steps.{int(block[3]) - 1}.{0 if block[2] == "bn" else 2}'
        elif block:
            ours += f'.shortcut.{block[4]}'
        names[name] = f'{ours}.{name.rpartition(".")[2]}'
    return names


PARTS = {
    'mask_network': Part(('m0.coordconv.', 'top_m_0.'), rename_mask_network,
                         lambda official: dict(type='FaceAlignment', allow_random=True), BACKBONES),
    'generator': Part(('from_rgb.', 'encode.0.', 'to_rgb.'), rename_generator, infer_generator, GENERATORS,
                      prepare=without_filter),
    'mapping_network': Part(('shared.2.weight', 'unshared.0.6.'), lambda official: {n: n for n in official},
                            infer_mapping_network, BACKBONES),
    'style_encoder': Part(('shared.1.conv1.', 'unshared.0.weight'), rename_trunk, infer_style_encoder,
                          BACKBONES),
    'discriminator': Part(('main.1.conv1.', 'main.1.conv2.'), rename_trunk, infer_discriminator,
                          DISCRIMINATORS),
}
