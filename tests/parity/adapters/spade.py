"""GauGAN (NVlabs/SPADE)."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import nvlabs
import nvlabs_data
import nvlabs_training
import torch
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.converters.conversion import find_family
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS, LOSSES
from ggtoolbox.structures import DiscriminatorOutput

PREFIXES = ('spade',)


def generator(case: Golden, family: str = 'spade', kind: str = 'SPADEGenerator') -> dict[str, Tensor]:
    """``family`` of converters, and the generator that is ours of it."""
    network = GENERATORS.build(dict(nvlabs.generator_config(nvlabs.options_of(case)), type=kind))
    names = nvlabs.load(case, 'generator', network, family=family).names
    rename = find_family(family).PARTS['generator'].rename
    taps = {f'tap.{tap}': rename([f'{tap}.x'])[f'{tap}.x'].removesuffix('.x')
            for tap in case.config.get('taps', ())}
    inputs = nvlabs.semantics_of(case)
    if 'z' in case.inputs:
        inputs['latent'] = case.inputs['z']
    results = nvlabs.outputs_of_modules(network, taps, inputs)
    buffers = dict(network.named_buffers())
    after = {f'after.{name}': buffers[names[name]] for name in case.config.get('after', ())}
    return {**results, **after, 'output': results['image']}


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    options = nvlabs.options_of(case)
    network = DISCRIMINATORS.build(nvlabs.discriminator_config(options))
    names = nvlabs.load(case, 'discriminator', network).names
    scales = network(case.inputs['image'], nvlabs.condition_of(case, options))
    buffers = dict(network.named_buffers())
    after = {f'after.{name}': buffers[names[name]] for name in case.config.get('after', ())}
    return after | {f'd{scale}_{layer}': value for scale, output in enumerate(scales)
                    for layer, value in enumerate([*output.features, output.logits])}


@torch.no_grad()
def encoder(case: Golden) -> dict[str, Tensor]:
    network = BACKBONES.build(nvlabs.encoder_config(nvlabs.options_of(case)))
    nvlabs.load(case, 'encoder', network)
    code = network(case.inputs['image'])
    results = dict(mu=code['mean'], logvar=code['log_variance'])
    for output in case.expected:
        if output.startswith('kld_'):
            loss = LOSSES.build(dict(type='KLLoss', weight=float(output.removeprefix('kld_'))))
            results[output] = loss(**code)
    return results


def gan_loss(case: Golden) -> dict[str, Tensor]:
    scales = [DiscriminatorOutput(case.inputs[f'pred{i}'], [case.inputs[f'feat{i}']])
              for i in range(sum(name.startswith('pred') for name in case.inputs))]
    results = {}
    for official, mode in nvlabs.GAN_MODES.items():
        loss = LOSSES.build(dict(type='GANLoss', mode=mode))
        terms = loss.discriminator(scales, scales)
        results.update({f'{official}_D_fake': terms['fake'], f'{official}_D_real': terms['real'],
                        f'{official}_G': loss.generator(scales)})
    return results


def perceptual_loss(case: Golden) -> dict[str, Tensor]:
    network = dict(type='VGG19', allow_random=True)
    loss = LOSSES.build(dict(type='PerceptualLoss', weight=1.0, network=network))
    vgg = {name.removeprefix('vgg.'): value for name, value in case.official_state.items()}
    load_strictly(loss.network, vgg, case.name, dropped=('features.',))
    return {**loss.network(case.inputs['x']), 'loss': loss(case.inputs['x'], case.inputs['y'])}


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor | np.ndarray]]] = {
    'generator': generator,
    'discriminator': discriminator,
    'encoder': encoder,
    'ganloss': gan_loss,
    'vgg': perceptual_loss,
    'semantics': nvlabs_data.semantics,
    'palette': nvlabs_data.palette,
    'transform': nvlabs_data.transform,
    'losses': nvlabs_training.losses,
    'step': nvlabs_training.step,
    'lr': nvlabs_training.learning_rates,
}


def run(case: Golden) -> dict[str, Tensor | np.ndarray]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
