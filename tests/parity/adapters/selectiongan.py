"""SelectionGAN, SelectionGAN++ and SelectionGAN for semantic image synthesis (Ha0Tang/SelectionGAN)."""
from __future__ import annotations

from functools import partial

import nvlabs_training
import pix2pix_code
import torch
from adapters import spade
from golden import Golden, NotCovered
from torch import Tensor, nn

from ggtoolbox.converters.conversion import convert
from ggtoolbox.converters.selectiongan import STAGES
from ggtoolbox.models.gans.selectiongan import SelectionGAN
from ggtoolbox.models.generators.selectiongan import SelectionGANGenerator
from ggtoolbox.models.layers.channel_selection import ChannelSelection
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.registry import MODELS

PREFIXES = ('selectiongan',)

PARTS = {'Gi.': 'generator.image_generator', 'Gs.': 'generator.semantic_generator',
         'Ga.': 'generator.selection_stage', 'D.': 'discriminator'}
# What the official code logs, as sums of our terms times factors. It halves the discriminator's terms after
# logging them.
TERMS = {
    'pred_D_fake_AB': {'fake_coarse_image': 2}, 'pred_D_fake_AI': {'fake_image': 2},
    'D_fake': {'fake_coarse_image': 2, 'fake_image': 2}, 'pred_real_AB': {'real': 2 / 5},
    'D_real': {'real': 2}, 'D_D': {'fake_coarse_image': 1, 'fake_image': 1, 'real': 1},
    'D_fake_AB': {'adversarial_coarse_image': 1}, 'D_fake_AI': {'adversarial_image': 1},
    'D_G': {'adversarial_coarse_image': 1, 'adversarial_image': 1}, 'L1_1': {'coarse_image': 1},
    'L1_2': {'image': 1}, 'L1_3': {'coarse_guide': 1}, 'L1_4': {'guide': 1},
    'L1': dict.fromkeys(('coarse_image', 'image', 'coarse_guide', 'guide'), 1),
    'reg': {'total_variation': 1},
    'G': dict.fromkeys(('adversarial_coarse_image', 'adversarial_image', 'coarse_image', 'image',
                        'coarse_guide', 'guide', 'total_variation'), 1)}


def load(case: Golden, part: str, network: nn.Module, prefix: str = '') -> dict[str, str]:
    """Fill ``network`` with the case's state; official name -> ours. Nothing but conv330 may be left."""
    official = {name.removeprefix(prefix): value for name, value in case.official_state.items()
                if name.startswith(prefix)}
    conversion = convert('selectiongan', official, part, network)
    unused = {'conv330.weight', 'conv330.bias'}
    conversion.check(case.name, allow_unexpected=set(conversion.unexpected) <= unused)
    network.load_state_dict(conversion.state)
    network.train(case.mode.startswith('train'))
    return {f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in conversion.names.items()}


def generator_config(case: Golden) -> dict:
    """Fewer than 5 halvings are 5 in the official code, and dropout is off in these cases."""
    options = case.config
    unet = dict(type='UNetGenerator', num_downsamplings=max(5, options['unet_num_downs']), dropout=0.0,
                **pix2pix_code.norm_of(case, options['norm'], 'Gi.'))
    head = dict(type='MultiChannelAttentionSelection', num_intermediates=options['attention_channels'],
                uncertainty='shared', pooling_scales=(1, 4, 9), pre_activation=None,
                channel_selection=options['model'].endswith('pp'))
    return dict(type='SelectionGANGenerator', image_generator=dict(unet, channels=options['ngf']),
                semantic_generator=dict(unet, channels=options['gs_ngf']), dropout=0.0, head=head)


def gan_config(case: Golden) -> dict:
    options = case.config
    image, guide = options['lambda_L1'], options['lambda_L1_seg']
    weights = dict(coarse_image=image, coarse_guide=guide, image=2 * image, guide=2 * guide)
    discriminators = dict(basic=pix2pix_code.patch_discriminator, pixel=pix2pix_code.pixel_discriminator)
    kind = options['which_model_netD']
    pix2pix_code.require(kind in discriminators, f'the discriminator {kind!r}')
    pix2pix_code.require(options['pool_size'] == 0, 'a pool of images')
    return dict(
        type='SelectionGAN', generator=generator_config(case),
        discriminator=discriminators[kind](options, pix2pix_code.norm_of(case, options['norm'], 'D.'), 6),
        losses=dict(
            adversarial=pix2pix_code.adversarial(dict(lsgan=not options['no_lsgan'])),
            total_variation=dict(type='TotalVariationLoss', weight=options['REGULARIZATION']),
            **{name: dict(type='UncertaintyPixelLoss', weight=weight) for name, weight in weights.items()}))


def build(case: Golden) -> tuple[SelectionGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    model, names = MODELS.build(gan_config(case)).train(), {}
    for prefix, part in PARTS.items():
        names.update(load(case, part, model.get_submodule(part), prefix))
    return model, names


def intermediate_images(outputs: dict[str, Tensor]) -> Tensor:
    return outputs['intermediate_images'].flatten(1, 2)


@torch.no_grad()
def stage(case: Golden) -> dict[str, Tensor]:
    conversion = convert('selectiongan', case.official_state)
    config = conversion.network
    config['head']['pooling_scales'] = tuple(case.config['pools'])
    network = STAGES.build(config)
    load(case, conversion.part, network)
    outputs = network(case.inputs['features'], case.inputs['images'])
    return dict(output=outputs['image'], uncertainty=outputs['uncertainty'].repeat(1, 3, 1, 1),
                attention=outputs['attention'], intermediate=intermediate_images(outputs))


@torch.no_grad()
def channel_selection(case: Golden) -> dict[str, Tensor]:
    module, x = ChannelSelection(), case.inputs['x']
    load_strictly(module, dict(case.official_state), case.name)
    output = module(x)
    module.gamma.fill_(1.0)
    return dict(output=output, attended=module(x) - x)


@torch.no_grad()
def forward(case: Golden) -> dict[str, Tensor]:
    config = generator_config(case)
    config.pop('type')
    network = SelectionGANGenerator(**config)
    for prefix, part in list(PARTS.items())[:3]:
        load(case, part, network.get_submodule(part.removeprefix('generator.')), prefix)
    outputs = network(case.inputs['A'], case.inputs['D'])
    features = [generator(source_image=image, target_guide=guide)['features'] for generator, image, guide in
                ((network.image_generator, case.inputs['A'], case.inputs['D']),
                 (network.semantic_generator, outputs['coarse_image'], None))]
    return dict(fake_B=outputs['coarse_image'], fake_D=outputs['coarse_guide'], I=outputs['image'],
                Is=outputs['guide'], Gi_feature=features[0], Gs_feature=features[1],
                uncertainty=outputs['uncertainty'], attention=outputs['attention'],
                intermediate=intermediate_images(outputs))


def batch_of(case: Golden) -> dict[str, Tensor]:
    return dict(source_image=case.inputs['A'], target_image=case.inputs['B'], target_guide=case.inputs['D'])


def losses(case: Golden) -> dict[str, Tensor]:
    results, fakes = pix2pix_code.one_turn_each(case, *build(case), batch_of(case), TERMS)
    uncertainty, attention = fakes['uncertainty'], fakes['attention']
    results.update({
        'image.fake_B': fakes['coarse_image'], 'image.fake_D': fakes['coarse_guide'],
        'image.I': fakes['image'], 'image.Is': fakes['guide'], 'image.A': uncertainty.repeat(1, 3, 1, 1),
        'image.I1': fakes['intermediate_images'][:, 0], 'image.A1': attention[:, :1],
        'image.A10': attention[:, 9:]})
    return {**results, **pix2pix_code.two_iterations(case, *build(case), batch_of(case), TERMS)}


def semantic_generator(case: Golden) -> dict[str, Tensor]:
    outputs = spade.generator(case, 'selectiongan_semantic')
    return dict(output=outputs['image'], attention=outputs['attention'],
                candidates=intermediate_images(outputs))


SEMANTIC = {
    'selgan': semantic_generator,
    'losses': partial(nvlabs_training.losses, family='selectiongan_semantic'),
    'step': partial(nvlabs_training.step, family='selectiongan_semantic'),
}


def run(case: Golden) -> dict[str, Tensor]:
    if case.config.get('runner') in SEMANTIC:
        return SEMANTIC[case.config['runner']](case)
    networks = {'UnetGenerator_a': stage, 'CAM_Module': channel_selection}
    if case.config.get('network') in networks:
        return networks[case.config['network']](case)
    if case.config.get('model') in ('selectiongan', 'selectiongan_pp'):
        return (losses if 'lr' in case.config else forward)(case)
    raise NotCovered('no runner for this case')
