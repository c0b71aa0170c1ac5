"""CC-FPSE (xh-liu/CC-FPSE)."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial

import nvlabs
import nvlabs_training
import torch
from adapters import spade
from golden import Golden, NotCovered
from torch import Tensor, nn

from ggtoolbox.converters.ccfpse import drop_unused, rename_generator
from ggtoolbox.models.layers.conditional_block import ConditionalResidualBlock
from ggtoolbox.models.layers.layout import JoinedLayout, Layout
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.ops.conditional_convolution import conditional_convolution
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS

PREFIXES = ('ccfpse',)
PREDICTED = dict(gen_weights1='kernels_1', gen_weights2='kernels_2', gen_se_weights1='gates_1',
                 gen_se_weights2='gates_2')
CONVOLVED = dict(conv_0='convolve_1', conv_2='convolve_2')


def convolution(case: Golden) -> dict[str, Tensor]:
    return dict(output=conditional_convolution(case.inputs['x'], case.inputs['conv_weights']))


def watch_block(block: ConditionalResidualBlock, found: dict[str, Tensor], prefix: str = 'tap.') -> None:
    """Fill ``found`` with what the block predicts and convolves, by the official names of its modules."""
    block.predict.register_forward_hook(lambda _module, _inputs, maps: found.update(
        {f'{prefix}{theirs}': maps[ours] for theirs, ours in PREDICTED.items()}))
    for theirs, ours in CONVOLVED.items():
        getattr(block, ours).register_forward_hook(
            lambda _module, _inputs, y, name=f'{prefix}{theirs}': found.update({name: y}))


def names_of_block(case: Golden) -> dict[str, str]:
    """Official name -> ours, of a block that stands alone."""
    renamed = rename_generator(f'head_0.{name}' for name in drop_unused(case.official_state))
    return {theirs.removeprefix('head_0.'): ours.removeprefix('blocks.0.')
            for theirs, ours in renamed.items()}


@torch.no_grad()
def block(case: Golden) -> dict[str, Tensor]:
    config, names, found = case.config, names_of_block(case), {}
    network = ConditionalResidualBlock(
        config['fin'], config['fout'], config['semantic_nc'],
        hidden_channels=case.official_state['gen_weights1.0.bias'].numel())
    load_strictly(network, {ours: case.official_state[theirs] for theirs, ours in names.items()}, case.name)
    network.train(case.mode == 'train')
    watch_block(network, found)
    # The map is drawn: any of its channels may stand for the layout's, and the others for the pyramid's.
    layout, features = case.inputs['seg'].split([config['semantic_nc'] - 1, 1], dim=1)
    x = case.inputs['x']
    conditions = network.conditions(JoinedLayout(Layout(layout), features), x.shape[-2:])
    output, buffers = network(x, conditions), dict(network.named_buffers())
    after = {f'after.{name}': buffers[names[name]] for name in config.get('after', ())}
    return dict(found, output=output, **after)


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    network = GENERATORS.build(nvlabs.generator_config(nvlabs.options_of(case)))
    names, found = nvlabs.load(case, 'generator', network, family='ccfpse').names, {}
    for tap in case.config.get('taps', ()):
        head, _, inner = tap.partition('.')
        if inner:
            index = int(names[f'{head}.conv_1.weight'].split('.')[1])
            watch_block(network.blocks[index], found, f'tap.{head}.')
        else:
            watch_unit(network, names[f'{tap}.0.0.weight_orig'].removesuffix('.0.weight_orig'), tap, found)
    inputs = nvlabs.semantics_of(case)
    if 'z' in case.inputs:
        inputs['latent'] = case.inputs['z']
    results = dict(found, output=network(**inputs)['image'])
    results.update(found)
    buffers = dict(network.named_buffers())
    return results | {f'after.{name}': buffers[names[name]] for name in case.config.get('after', ())}


def watch_unit(network: nn.Module, name: str, tap: str, found: dict[str, Tensor]) -> None:
    """Fill ``found`` with what a unit of the pyramid puts out, by its last layer."""
    network.get_submodule(name)[-1].register_forward_hook(
        lambda _module, _inputs, y: found.update({f'tap.{tap}': y}))


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    options, results = nvlabs.options_of(case), {}
    network = DISCRIMINATORS.build(nvlabs.discriminator_config(options))
    names = nvlabs.load(case, 'discriminator', network, family='ccfpse').names
    patches = []
    network.to_logits.register_forward_hook(lambda _module, _inputs, y: patches.append(y))
    outputs = network(case.inputs['image'], nvlabs.condition_of(case, options))
    for level, (output, patch) in enumerate(zip(outputs, patches), start=2):
        results.update({f'pred{level}': output.logits, f'tf{level}': patch,
                        f'sem{level}': output.logits - patch})
    features = [feature for output in outputs for feature in output.features]
    results.update({f'feat{level}': feature for level, feature in enumerate(features, start=2)})
    buffers = dict(network.named_buffers())
    return results | {f'after.{name}': buffers[names[name]] for name in case.config.get('after', ())}


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor]]] = {
    'depthconv': convolution,
    'block': block,
    'generator': generator,
    'discriminator': discriminator,
    'encoder': spade.encoder,
    'losses': partial(nvlabs_training.losses, family='ccfpse'),
    'step': partial(nvlabs_training.step, family='ccfpse'),
}


def run(case: Golden) -> dict[str, Tensor]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
