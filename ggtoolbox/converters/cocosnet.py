"""CoCosNet as released in microsoft/CoCosNet: ``latest_net_G.pth``, ``latest_net_Corr.pth``,
``latest_net_D.pth``, and ``vgg19_conv.pth``, the network of its losses."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.models.backbones.vgg import VGG19_CONVOLUTIONS
from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'CoCosNet'
SOURCE = 'microsoft/CoCosNet'

_PLACES = {'norm_s.': 'norm_shortcut.', 'conv_s.': 'conv_shortcut.', 'mlp_shared.1.': 'shared.',
           'mlp_gamma.': 'gamma.', 'mlp_beta.': 'beta.', 'se_layar.fc.': 'squeeze.'}
_ATTENTION = {'attn.theta.': 'query.', 'attn.phi.': 'key.', 'attn.g.': 'value.', 'attn.o.': 'out.',
              'attn.gamma': 'gamma'}
_BLOCKS = ('head_0', 'G_middle_0', 'G_middle_1', 'up_0', 'up_1', 'up_2', 'up_3')
_ADAPTOR_BLOCKS = (*_BLOCKS[:3], 'deeper0', 'deeper1', 'deeper2')


def _in_block(name: str) -> str:
    for theirs, ours in _PLACES.items():
        name = name.replace(theirs, ours)
    return name


def _attention(name: str) -> str | None:
    start = next((start for start in _ATTENTION if name.startswith(start)), None)
    return None if start is None else 'attention.' + name.replace(start, _ATTENTION[start])


def _rename(official: Iterable[str], blocks: tuple[str, ...], others: dict[str, str]) -> dict[str, str]:
    names = {}
    for name in official:
        block, _, rest = name.partition('.')
        start = next((start for start in others if name.startswith(start)), None)
        if block in blocks:
            names[name] = f'blocks.{blocks.index(block)}.{_in_block(rest)}'
        elif start:
            names[name] = name.replace(start, others[start])
        elif (ours := _attention(name)) is not None:
            names[name] = ours
    return names


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    return _rename(official, _BLOCKS, {'fc.': 'stem.', 'conv_img.': 'head.convolution.'})


def rename_correspondence_network(official: Iterable[str]) -> dict[str, str]:
    """``adaptive_model_seg.layer2.0.weight_orig`` -> ``layout_adaptor.layers.1.0.weight_orig``."""
    official, names = list(official), {}
    layers = {f'layer{i + 1}.': f'layers.{i}.' for i in range(5)}
    for start, ours in (('adaptive_model_seg.', 'layout_adaptor.'),
                        ('adaptive_model_img.', 'image_adaptor.')):
        inner = [name.removeprefix(start) for name in official if name.startswith(start)]
        names.update({start + theirs: ours + name for theirs, name in
                      _rename(inner, _ADAPTOR_BLOCKS, layers).items()})
    places = {'theta.': 'to_query.', 'phi.': 'to_key.', 'layer.': 'trunk.'}
    for name in official:
        start = next((start for start in places if name.startswith(start)), None)
        if start:
            names[name] = name.replace(start, places[start]).replace('.prelu.', '.activation.')
    return names


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    """``discriminator_1.model2.0.0.weight_orig`` -> ``scales.1.layers.2.0.weight_orig``; the attention lies
    in front of the last convolution before the logits, in its step."""
    official, names = list(official), {}
    steps = [int(found[1]) for name in official if (found := re.search(r'\.model(\d+)\.', name))]
    last = max(steps, default=0)
    attends = {name.split('.')[0] for name in official if '.attn.' in name}
    for name in official:
        found = re.fullmatch(r'discriminator_(\d+)\.(?:model(\d+)\.(.+)|(attn\..+))', name)
        if not found:
            continue
        room = f'scales.{found[1]}'
        if found[4]:
            names[name] = f'{room}.layers.{last - 1}.0.{_attention(found[4]).removeprefix("attention.")}'
            continue
        step, leaf = int(found[2]), found[3].rpartition('.')[2]
        behind = int(step == last - 1 and name.split('.')[0] in attends)
        names[name] = f'{room}.to_logits.{leaf}' if step == last else f'{room}.layers.{step}.{behind}.{leaf}'
    return names


def without_decoder(official: State) -> State:
    """A decoder that no forward uses lies in each scale."""
    return {name: value for name, value in official.items() if '.dec.' not in name}


def infer_generator(official: State) -> dict:
    """Whether the layout is of classes or a guide is not in the file: it is taken for classes."""
    first = official['conv_img.weight']
    return dict(type='CoCosNetGenerator', num_classes=official['fc.weight'].shape[1] - 3,
                channels=first.shape[1],
                norm_hidden_channels=official['head_0.norm_0.mlp_shared.1.weight'].shape[0],
                attention='attn.gamma' in official,
                norm='batch' if 'head_0.norm_0.param_free_norm.running_mean' in official else 'position')


def infer_correspondence_network(official: State) -> dict:
    first = official['adaptive_model_seg.layer1.0.weight_orig']
    classes, width = first.shape[1], 4 * first.shape[0]
    rest = official['theta.weight'].shape[1] - width
    return dict(type='CorrespondenceNetwork', num_classes=classes, channels=first.shape[0],
                adaptor_kernel_size=official['adaptive_model_seg.layer2.0.weight_orig'].shape[-1],
                norm_hidden_channels=official['adaptive_model_seg.head_0.norm_0.mlp_shared.1.weight'].shape[0],
                join_layout=rest >= classes, coordinates=rest in (3, classes + 3),
                extra_blocks=any('.deeper0.' in name for name in official),
                attention='adaptive_model_seg.attn.gamma' in official,
                squeeze=any('.se_layar.' in name for name in official))


def infer_discriminator(official: State) -> dict:
    """GauGAN's, with other padding."""
    first = official['discriminator_0.model0.0.weight']
    steps = {int(found[1]) for name in official if (found := re.search(r'0\.model(\d+)\.', name))}
    scales = {name.split('.')[0] for name in official}
    return dict(type='MultiScaleDiscriminator', in_channels=first.shape[1], num_scales=len(scales),
                discriminator=dict(type='PatchDiscriminator', channels=first.shape[0], num_layers=max(steps),
                                   max_channels=8 * first.shape[0], padding=1,
                                   attention='discriminator_0.attn.gamma' in official))


def rename_feature_network(official: Iterable[str]) -> dict[str, str]:
    """``conv3_2.weight`` -> ``features.12.weight``: a stage is convolutions with ReLU, then a pooling."""
    positions, at = {}, 0
    for stage, count in enumerate(VGG19_CONVOLUTIONS, 1):
        for convolution in range(1, count + 1):
            positions[f'conv{stage}_{convolution}'], at = at, at + 2
        at += 1
    split = {name: name.partition('.') for name in official}
    return {name: f'features.{positions[layer]}.{leaf}' for name, (layer, _, leaf) in split.items()
            if layer in positions}


PARTS = {
    'generator': Part(('fc.', 'head_0.', 'conv_img.'), rename_generator, infer_generator, GENERATORS),
    'correspondence_network': Part(('adaptive_model_seg.', 'theta.', 'phi.'), rename_correspondence_network,
                                   infer_correspondence_network, GENERATORS),
    'discriminator': Part(('discriminator_0.model0.',), rename_discriminator, infer_discriminator,
                          DISCRIMINATORS, prepare=without_decoder),
    'feature_network': Part(('conv1_1.', 'conv5_4.'), rename_feature_network, lambda official: dict(
        type='VGG19', layers=('relu5_4',), allow_random=True), BACKBONES),
}
