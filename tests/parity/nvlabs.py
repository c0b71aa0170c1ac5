"""Reads the command-line options of NVlabs/SPADE (and of the repositories that grew from it) and says
what they mean in this toolbox."""
from __future__ import annotations

import re

import torch
from golden import Golden, NotCovered
from torch import Tensor, nn

from ggtoolbox.converters.conversion import Conversion, convert
from ggtoolbox.models.layers.guided_input import GuidedInput

UPSAMPLINGS = {'normal': 5, 'more': 6, 'most': 7}
GAN_MODES = {'hinge': 'hinge', 'ls': 'least_squares', 'original': 'vanilla', 'w': 'wasserstein'}
HEADS = {'selgan': dict(type='MultiChannelAttentionSelection')}  # by repository
NORMS = {'': None, 'none': None, 'batch': 'batch', 'sync_batch': 'batch', 'instance': 'instance'}


def options_of(case: Golden) -> dict:
    """The options in force; what the case lists explains what its arguments only name."""
    options, arguments = {}, case.config.get('args', [])
    for argument, following in zip(arguments, [*arguments[1:], '--']):
        if argument.startswith('--'):
            options[argument[2:]] = True if following.startswith('--') else following
    options.update(case.config.get('options', {}))
    repo = case.config.get('repo')
    said = {name: case.config.get(name) for name in ('adam', 'style_length')}
    return dict(options, repo=repo, head=HEADS.get(repo), **said)


def num_classes(options: dict) -> int:
    return options['label_nc'] + bool(options['contain_dontcare_label'])


def image_size(options: dict) -> tuple[int, int]:
    step = 2 ** UPSAMPLINGS[options['num_upsampling_layers']]
    columns = options['crop_size'] // step
    return round(columns / options['aspect_ratio']) * step, columns * step


def generator_config(options: dict) -> dict:
    """The part of it that all generators of this family share, and GauGAN's own."""
    shared = dict(
        num_classes=num_classes(options), edge=not options['no_instance'], image_size=image_size(options),
        channels=options['ngf'], num_upsamplings=UPSAMPLINGS[options['num_upsampling_layers']],
        out_channels=options['output_nc'])
    latent_dim = options['z_dim'] if options['use_vae'] else None
    if options['repo'] == 'sean':
        norm = norm_config(options['norm_G'].replace('spadesyncbatch3x3', 'batch'))
        return dict(shared, type='SEANGenerator', spectral=norm['spectral'],
                    style_channels=options['style_length'])
    if options['netG'] == 'condconv':
        norm = norm_config(options['norm_G'])
        return dict(shared, type='CCFPSEGenerator', latent_dim=latent_dim, pyramid_norm=norm['norm'],
                    spectral=norm['spectral'])
    norm = re.fullmatch(r'(spectral)?spade(\D+)(\d)x\d', options['norm_G'])
    if options['netG'] != 'spade' or norm is None:
        raise NotCovered(f'generator {options["netG"]!r} with norm {options["norm_G"]!r}')
    return dict(
        shared, type='SPADEGenerator', latent_dim=latent_dim,
        norm=NORMS[norm[2].replace('syncbatch', 'batch')], norm_kernel_size=int(norm[3]),
        spectral=norm[1] is not None, head=options.get('head'))


def discriminator_config(options: dict) -> dict:
    if options['netD'] == 'fpse':
        return dict(
            type='FeaturePyramidDiscriminator', in_channels=options['semantic_nc'] + options['output_nc'],
            channels=options['ndf'], return_features=not options['no_ganFeat_loss'],
            **norm_config(options['norm_D']))
    return dict(
        type='MultiScaleDiscriminator', in_channels=options['semantic_nc'] + options['output_nc'],
        num_scales=options['num_D'],
        discriminator=dict(
            type='PatchDiscriminator', channels=options['ndf'], num_layers=options['n_layers_D'],
            last_stride=2 if options['repo'] == 'sean' else 1, **norm_config(options['norm_D']),
            return_features=not options['no_ganFeat_loss']))


def encoder_config(options: dict) -> dict | None:
    if not options['use_vae']:
        return None
    return dict(type='ConvEncoder', channels=options['ngf'], **norm_config(options['norm_E']))


def norm_config(name: str) -> dict:
    """``spectralinstance`` and its like, as arguments of our networks."""
    return dict(spectral=name.startswith('spectral'), norm=NORMS[name.removeprefix('spectral')])


def load(case: Golden, part: str, network: nn.Module, prefix: str = '',
         family: str = 'spade') -> Conversion:
    """Fill ``network`` with the case's state strictly and put it into the case's mode.

    Args:
        prefix: what the official names of this part begin with in the case's state.
    """
    official = {name.removeprefix(prefix): value for name, value in case.official_state.items()
                if name.startswith(prefix)}
    conversion = convert(family, official, part, network)
    conversion.check(case.name)
    network.load_state_dict(conversion.state)
    network.train(case.mode == 'train')
    return conversion


def semantics_of(case: Golden) -> dict[str, Tensor]:
    """Arguments of our generator's ``forward``; one-hot inputs go in as class ids."""
    kinds = {spec['name']: spec['kind'] for spec in case.meta['inputs']}
    label = case.inputs['semantics']
    semantics = dict(label=label.argmax(1) if kinds['semantics'] == 'onehot' else label)
    if 'edges' in kinds:
        semantics['edge'] = case.inputs['edges']
    return semantics


def condition_of(case: Golden, options: dict) -> Tensor:
    """What our discriminator is conditioned on."""
    semantics = semantics_of(case)
    return GuidedInput(0, num_classes(options), 'edge' in semantics)(**semantics)


@torch.no_grad()
def outputs_of_modules(network: nn.Module, names: dict[str, str], inputs: dict) -> dict[str, Tensor]:
    """``network(**inputs)``, and under each key of ``names`` what that sub-module put out."""
    found = {}

    def keep(key: str):
        return lambda _module, _inputs, output: found.update({key: output})

    handles = [network.get_submodule(name).register_forward_hook(keep(key))
               for key, name in names.items()]
    result = network(**inputs)
    for handle in handles:
        handle.remove()
    return {**result, **found}
