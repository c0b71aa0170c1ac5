"""SEAN (ZPdesu/SEAN)."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial

import nvlabs
import nvlabs_training
import torch
from adapters import spade
from golden import Golden, NotCovered
from torch import Tensor, nn

from ggtoolbox.converters.sean import drop_unused, rename_block, rename_generator, rename_norm
from ggtoolbox.models.layers.layout import Layout
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.models.layers.sean import SEAN, RegionStyleEncoder, SEANResidualBlock
from ggtoolbox.ops.region_convolution import spread
from ggtoolbox.registry import GENERATORS

PREFIXES = ('sean',)


def layout_of(case: Golden) -> Layout:
    semantics = [case.inputs[name] for name in ('semantics', 'edges') if name in case.inputs]
    return Layout(torch.cat(semantics, dim=1))


def load(case: Golden, network: nn.Module, rename: Callable, prefix: str = '') -> dict[str, str]:
    """Fill a part of the network with the case's state; returns official name -> ours."""
    official = drop_unused(case.official_state)
    names = rename(f'{prefix}{name}' for name in official)
    names = {theirs.removeprefix(prefix): ours for theirs, ours in names.items()}
    load_strictly(network, {ours: official[theirs] for theirs, ours in names.items()}, case.name)
    network.train(case.mode == 'train')
    return names


def give_noise(case: Golden, network: nn.Module, names: dict[str, str]) -> None:
    """Let the network's normalisations draw the case's own noise; ``names``: of the input -> our module."""
    for theirs, ours in names.items():
        noise = case.inputs[theirs].transpose(1, 3)
        network.get_submodule(ours).draw = lambda x, noise=noise: noise.to(x)


def after_of(case: Golden, network: nn.Module, names: dict[str, str]) -> dict[str, Tensor]:
    """Buffers after the run; those that we do not have are as they were drawn, for the official ones never
    change, and a synchronised norm does not count batches."""
    buffers = dict(network.named_buffers())
    return {f'after.{name}': buffers[names[name]].clone()
            if name in names and not name.endswith('num_batches_tracked') else case.official_state[name]
            for name in case.config.get('after', ())}


@torch.no_grad()
def zencoder(case: Golden) -> dict[str, Tensor]:
    network, layout = RegionStyleEncoder(case.config['style_length']), layout_of(case)
    load(case, network, lambda names: {name: ours.removeprefix('encoder.') for name, ours in
                                       rename_generator(names).items()},
         '' if 'Zencoder.model.1.weight' in case.official_state else 'Zencoder.')
    features = network.features(case.inputs['image'])
    pixels = (layout.at(features.shape[-2:]) != 0).sum((2, 3))
    return dict(features=features, codes=network(case.inputs['image'], layout), pixels=pixels)


@torch.no_grad()
def ace(case: Golden) -> dict[str, Tensor]:
    config, layout, x = case.config, layout_of(case), case.inputs['x']
    network = SEAN(config['channels'], config['semantic_nc'],
                   config['style_length'] if config['use_rgb'] else 0)
    names = load(case, network, rename_norm)
    styles = case.inputs['style_codes'].clone()
    for sample, channel in config.get('zero_codes', ()):
        styles[sample, channel] = 0
    size = x.shape[-2:]
    results = dict(zip(('gamma_spade', 'beta_spade'), network.spade.modulation(layout, size)))
    if config['use_rgb']:
        results['style_map'] = spread(network.region_styles(styles), layout.regions(size))
        results.update(zip(('gamma_style', 'beta_style'), network.style_modulation(layout, styles, size)))
    state = {name: value.clone() for name, value in network.state_dict().items()}
    give_noise(case, network, dict(noise='noise'))
    results['output'] = network(x, layout, styles)
    results.update(after_of(case, network, names))
    network.load_state_dict(state)
    network.noise.draw = lambda x: torch.zeros_like(x[:, :1])
    return dict(results, output_zero_noise=network(x, layout, styles))


@torch.no_grad()
def block(case: Golden) -> dict[str, Tensor]:
    config, layout = case.config, layout_of(case)
    norm = nvlabs.norm_config(config['norm_G'].replace('spadesyncbatch3x3', 'batch'))
    network = SEANResidualBlock(config['fin'], config['fout'], config['semantic_nc'],
                                config['style_length'] if config['use_rgb'] else 0, spectral=norm['spectral'])
    names = load(case, network, rename_block)
    noises = {f'noise.{theirs}': f'{ours}.noise' for theirs, ours in (
        ('ace_s', 'norm_shortcut'), ('ace_0', 'norm_0'), ('ace_1', 'norm_1'))
        if f'noise.{theirs}' in case.inputs}
    give_noise(case, network, noises)
    output = network(case.inputs['x'], layout, case.inputs['style_codes'])
    return dict(after_of(case, network, names), output=output)


def noise_names(case: Golden, names: dict[str, str], prefix: str = '') -> dict[str, str]:
    """The case's noise inputs -> the modules that draw them; ``prefix`` of the official names."""
    return {name: names[f'{prefix}{name.removeprefix("noise.")}.noise_var'].removesuffix('.scale')
            for name in case.inputs if name.startswith('noise.')}


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    network = GENERATORS.build(nvlabs.generator_config(nvlabs.options_of(case)))
    names = nvlabs.load(case, 'generator', network, family='sean').names
    taps = {f'tap.{tap}': names[f'{tap}.conv_0.bias'].removesuffix('.conv_0.bias')
            for tap in case.config.get('taps', ())}
    inputs = nvlabs.semantics_of(case)
    if case.config.get('given_codes'):
        codes = case.inputs['style_codes']
        inputs['region_styles'] = codes if codes.dim() == 3 else codes.unsqueeze(0)
    else:
        inputs['exemplar_image'] = case.inputs['image']
    give_noise(case, network, noise_names(case, names))
    results = nvlabs.outputs_of_modules(network, taps, inputs)
    return dict(results, **after_of(case, network, names), output=results['image'],
                codes=results['region_styles'])


def trained(runner: Callable) -> Callable[[Golden], dict[str, Tensor]]:
    """A runner of the training class, with the case's noise in its generator."""
    def run(case: Golden) -> dict[str, Tensor]:
        build = nvlabs_training.build

        def with_noise(*arguments, **named):
            model, names = build(*arguments, **named)
            give_noise(case, model, noise_names(case, names, 'netG.'))
            return model, names

        nvlabs_training.build = with_noise
        try:
            return runner(case, family='sean')
        finally:
            nvlabs_training.build = build
    return run


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor]]] = {
    'zencoder': zencoder,
    'ace': ace,
    'block': block,
    'generator': generator,
    'discriminator': spade.discriminator,
    'losses': trained(nvlabs_training.losses),
    # Adam's first step goes by signs, of gradients that rounding decides: in double precision.
    'step': trained(partial(nvlabs_training.step, dtype=torch.float64)),
}


def run(case: Golden) -> dict[str, Tensor]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
