"""GauGAN as released in NVlabs/SPADE: ``<epoch>_net_G.pth``, ``_net_D.pth``, ``_net_E.pth``."""
from __future__ import annotations

import math
import re
from collections.abc import Iterable

from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'GauGAN'
SOURCE = 'NVlabs/SPADE'

BLOCKS = {'head_0': 0, 'G_middle_0': 1, 'G_middle_1': 2, **{f'up_{i}': i + 3 for i in range(5)}}
_INSIDE_BLOCK = {'norm_s.': 'norm_shortcut.', 'conv_s.': 'conv_shortcut.', 'param_free_norm.': 'norm.',
                 'mlp_shared.0.': 'shared.', 'mlp_gamma.': 'gamma.', 'mlp_beta.': 'beta.'}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        network, _, rest = name.partition('.')
        if network in BLOCKS:
            for theirs, ours in _INSIDE_BLOCK.items():
                rest = rest.replace(theirs, ours)
            names[name] = f'blocks.{BLOCKS[network]}.{rest}'
        elif network in ('fc', 'conv_img'):
            names[name] = f'{"stem" if network == "fc" else "head.convolution"}.{rest}'
    return names


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    # model<k>.0.0 and .0.1 are convolution and norm; without a norm the convolution is model<k>.0.
    pattern = re.compile(r'discriminator_(\d+)\.model(\d+)\.0\.(?:([01])\.)?(\w+)')
    found = {name: match.groups() for name in official if (match := pattern.fullmatch(name))}
    last = max((int(layer) for _, layer, _, _ in found.values()), default=0)
    return {name: f'scales.{scale}.to_logits.{leaf}' if int(layer) == last
            else f'scales.{scale}.layers.{layer}.{inner or 0}.{leaf}'
            for name, (scale, layer, inner, leaf) in found.items()}


def rename_encoder(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        layer = re.fullmatch(r'layer(\d+)\.(?:([01])\.)?(\w+)', name)
        if layer:
            names[name] = f'layers.{int(layer[1]) - 1}.{layer[2] or 0}.{layer[3]}'
        elif name.startswith(('fc_mu.', 'fc_var.')):
            names[name] = name.replace('fc_mu', 'mean').replace('fc_var', 'log_variance')
    return names


def infer_generator(official: State) -> dict:
    """All but the image size and whether there are 5 or 6 upsamplings, which no shape tells."""
    stem, shared = official['fc.weight'], official['head_0.norm_0.mlp_shared.0.weight']
    width = official['head_0.conv_0.bias'].numel()
    upsamplings = 7 if any(name.startswith('up_4.') for name in official) else 6
    variational = stem.dim() == 2
    pixels = stem.shape[0] // width if variational else 4
    return dict(
        type='SPADEGenerator', num_classes=shared.shape[1], channels=width // 16,
        image_size=(2 ** upsamplings * pixels, 2 ** upsamplings), num_upsamplings=upsamplings,
        latent_dim=stem.shape[1] if variational else None,
        norm='batch' if 'head_0.norm_0.param_free_norm.running_mean' in official else 'instance',
        norm_kernel_size=shared.shape[-1], norm_hidden_channels=shared.shape[0],
        spectral='head_0.conv_0.weight_orig' in official,
        out_channels=official['conv_img.bias'].numel())


def infer_discriminator(official: State) -> dict:
    """``max_channels`` is the official 512."""
    first = official['discriminator_0.model0.0.weight']
    scales = {name.split('.')[0] for name in official if name.startswith('discriminator_')}
    layers = {name.split('.')[1] for name in official if name.startswith('discriminator_0.model')}
    return dict(type='MultiScaleDiscriminator', in_channels=first.shape[1], num_scales=len(scales),
                discriminator=dict(
                    type='PatchDiscriminator', channels=first.shape[0], num_layers=len(layers) - 1,
                    kernel_size=first.shape[-1], padding=math.ceil((first.shape[-1] - 1) / 2),
                    **_norm_of(official, 'discriminator_0.model1.0.')))


def infer_encoder(official: State) -> dict:
    layers = {name.split('.')[0] for name in official if name.startswith('layer')}
    norm = _norm_of(official, 'layer1.')
    first = next(v for n, v in official.items() if n.startswith('layer1.') and v.dim() == 4)
    return dict(type='ConvEncoder', channels=first.shape[0], latent_dim=len(official['fc_mu.bias']),
                image_size=4 * 2 ** len(layers), in_channels=first.shape[1], **norm)


def _norm_of(official: State, layer: str) -> dict:
    """Norm and spectral norm of a layer whose convolution is ``<layer>`` or ``<layer>0.``."""
    leaves = {name.removeprefix(layer) for name in official if name.startswith(layer)}
    if '1.running_mean' in leaves:
        norm = 'batch'
    else:
        norm = 'instance' if leaves & {'0.weight', '0.weight_orig'} else None
    return dict(norm=norm, spectral=bool(leaves & {'weight_orig', '0.weight_orig'}))


PARTS = {
    'generator': Part(('fc.weight', 'head_0.norm_0.mlp_shared.0.weight', 'conv_img.bias'),
                      rename_generator, infer_generator, GENERATORS),
    'discriminator': Part(('discriminator_0.model0.0.weight',), rename_discriminator,
                          infer_discriminator, DISCRIMINATORS),
    'encoder': Part(('layer1.', 'fc_mu.weight', 'fc_var.weight'), rename_encoder, infer_encoder,
                    BACKBONES),
}
