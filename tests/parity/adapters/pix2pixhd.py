"""pix2pixHD's generator in NVlabs/SPADE, and the guided variants (Ha0Tang/SelectionGAN)."""
from __future__ import annotations

from collections.abc import Callable

import nvlabs
import nvlabs_training
import torch
from adapters import spade
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.registry import BACKBONES, GENERATORS, MODELS

PREFIXES = ('pix2pixhd', 'gaugan_guided')


def is_guided(case: Golden) -> bool:
    """Whether an RGB map of ``label_nc`` channels takes the place of the classes."""
    return case.config['repo'] == 'guided'


def semantics(case: Golden, options: dict) -> dict:
    """What a generator's constructor says about its input."""
    if is_guided(case):
        return dict(num_classes=0, edge=False, guide_channels=options['label_nc'])
    return dict(num_classes=nvlabs.num_classes(options), edge=not options['no_instance'])


def generator_config(case: Golden) -> dict:
    options = nvlabs.options_of(case)
    if options['netG'] != 'pix2pixhd':
        return {**nvlabs.generator_config(options), **semantics(case, options)}
    return dict(
        type='Pix2pixHDGenerator', **semantics(case, options), channels=options['ngf'],
        num_blocks=options['resnet_n_blocks'], num_downsamplings=options['resnet_n_downsample'],
        kernel_size=options['resnet_kernel_size'], stem_kernel_size=options['resnet_initial_kernel_size'],
        out_channels=options['output_nc'], **nvlabs.norm_config(options['norm_G']))


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    network = GENERATORS.build(generator_config(case))
    nvlabs.load(case, 'generator', network, family='pix2pixhd')
    given = dict(target_guide=case.inputs['semantics']) if is_guided(case) else nvlabs.semantics_of(case)
    return dict(output=network(**given)['image'])


@torch.no_grad()
def guided(case: Golden) -> dict[str, Tensor]:
    """The training class's own ``generate``: the encoder reads the source image.

    pix2pixHD's generator takes no notice of that, and so our system of it has no such encoder.
    """
    options = nvlabs.options_of(case)
    hd = options['netG'] == 'pix2pixhd'
    encoder = nvlabs.encoder_config(options)
    model = MODELS.build(dict(type='Pix2pixHD', generator=generator_config(case)) if hd else dict(
        type='GauGAN', generator=generator_config(case), encoder=encoder, encoded_image='source_image'))
    networks = dict(generator=model.generator)
    if encoder is not None:
        networks['encoder'] = BACKBONES.build(encoder) if hd else model.encoder
    for part, network in networks.items():
        family = 'pix2pixhd' if hd and part == 'generator' else 'spade'
        nvlabs.load(case, part, network, nvlabs_training.OFFICIAL_PARTS[part], family)
    batch = dict(source_image=case.inputs['cond_image'], target_guide=case.inputs['label_rgb'])
    with nvlabs_training.noise_of(case):
        fakes = model.generate(batch)
    if hd and encoder is not None:
        fakes.update(networks['encoder'](batch['source_image']))
    official = dict(output='image', mu='mean', logvar='log_variance')
    return {name: fakes[ours] for name, ours in official.items() if ours in fakes}


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor]]] = {
    'generator': generator,
    'discriminator': spade.discriminator,
    'guided': guided,
}


def run(case: Golden) -> dict[str, Tensor]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
