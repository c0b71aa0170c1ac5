"""GestureGAN of one and of two cycles (Ha0Tang/GestureGAN). Its pictures A, B, C, D are x, y, C_x, C_y."""
from __future__ import annotations

import pix2pix_code
import torch
from adapters import p2p
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.models.gans.gesturegan import GestureGAN
from ggtoolbox.registry import GENERATORS, MODELS

PREFIXES = ('gesturegan',)

PARTS = {'G.': 'generator', 'D1.': 'discriminator', 'D2.': 'guided_discriminator'}
FAKES = {'fake_B': 'image', 'recovery_A': 'image_back', 'identity_A': 'image_kept', 'fake_A': 'source_like',
         'recovery_B': 'source_like_back', 'identity_B': 'source_like_kept'}
# What the official code logs, as sums of our terms times factors. It halves the discriminators' terms after
# logging them.
PIXEL_TERMS = ('colour', 'pixel', 'cycle', 'self_content')
GENERATOR_TERMS = {
    'G_GAN_D1': {'adversarial_plain': 1}, 'G_GAN_D2': {'adversarial_guided': 1},
    'G_L1': dict.fromkeys(PIXEL_TERMS, 1), 'G_VGG': {'perceptual': 1}, 'reg': {'total_variation': 1},
    'G': dict.fromkeys(('adversarial_plain', 'adversarial_guided', *PIXEL_TERMS, 'perceptual',
                        'total_variation'), 1)}
DISCRIMINATOR_TERMS = {
    1: {'D1_fake': {'fake_plain_image': 2}, 'D1_real': {'real_plain_image': 2},
        'D2_fake': {'fake_guided_image': 2}, 'D2_real': {'real_guided_image': 2}},
    2: {'D1_realA_fakeB': {'fake_plain_image': 2}, 'D1_realA_realB': {'real_plain_image': 2},
        'D1_realB_fakeA': {'fake_plain_source_like': 2},
        'D2_realA_realD_fakeB': {'fake_guided_image': 2}, 'D2_realA_realD_realB': {'real_guided_image': 2},
        'D2_realB_realC_fakeA': {'fake_guided_source_like': 2},
        'D2_realB_realC_realA': {'real_guided_source_like': 2}}}


def terms_of(cycles: int) -> dict[str, dict[str, float]]:
    made = ('image', 'source_like')[:cycles]
    sums = {f'D{number}': {f'{side}_{judge}_{name}': 1 for side in ('fake', 'real') for name in made}
            for number, judge in ((1, 'plain'), (2, 'guided'))}
    return {**GENERATOR_TERMS, **DISCRIMINATOR_TERMS[cycles], **sums}


def generator_config(options: dict, norm: dict) -> dict:
    """A source image and a guide of three channels each; dropout is off in these cases."""
    name = options.get('which_model_netG', 'resnet_9blocks')
    blocks = {'resnet_9blocks': 9, 'resnet_6blocks': 6}
    pix2pix_code.require(name in blocks, f'the generator {name!r}')
    config = pix2pix_code.resnet(dict(options, n_blocks=options.get('n_blocks', blocks[name])), norm)
    return dict(config, source_channels=3, guide_channels=3)


def gan_config(case: Golden, cycles: int) -> dict:
    options = case.config
    kinds = dict(basic=pix2pix_code.patch_discriminator, pixel=pix2pix_code.pixel_discriminator,
                 n_layers=pix2pix_code.patch_discriminator)
    kind = options['which_model_netD']
    pix2pix_code.require(kind in kinds, f'the discriminator {kind!r}')
    pix2pix_code.require(options['pool_size'] == 0, 'a pool of images')
    layers = dict(n_layers=options.get('n_layers_D', 3)) if kind == 'n_layers' else {}
    norms = {prefix: pix2pix_code.norm_of(case, options['norm'], prefix) for prefix in PARTS}
    pixel = options['lambda_L1']
    return dict(
        type='GestureGAN', cycles=cycles, generator=generator_config(options, norms['G.']),
        discriminator=kinds[kind]({**options, **layers}, norms['D1.'], 3 + 3),
        guided_discriminator=kinds[kind]({**options, **layers}, norms['D2.'], 3 + 3 + 3),
        losses=dict(
            adversarial=pix2pix_code.adversarial(dict(lsgan=not options['no_lsgan'])),
            colour=dict(type='ColourLoss', weight=pixel), pixel=dict(type='L1Loss', weight=pixel),
            cycle=dict(type='L1Loss', weight=options['cyc_L1']),
            self_content=dict(type='L1Loss', weight=options['lambda_identity']),
            total_variation=dict(type='TotalVariationLoss', weight=options['REGULARIZATION'])))


def build(case: Golden, cycles: int) -> tuple[GestureGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    model, names = MODELS.build(gan_config(case, cycles)).train(), {}
    model.losses['perceptual'] = pix2pix_code.perceptual_loss(case, case.config['lambda_feat'])
    for prefix, part in PARTS.items():
        conversion = pix2pix_code.load(case, part, getattr(model, part), prefix, 'gesturegan')
        names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in conversion.names.items()})
    return model, names


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    network = GENERATORS.build(generator_config(case.config, pix2pix_code.norm_of(case, case.config['norm'])))
    pix2pix_code.load(case, 'generator', network, family='gesturegan')
    image = network(source_image=case.inputs['image'], target_guide=case.inputs['structure'])['image']
    second = network(source_image=image, target_guide=case.inputs['structure_source'])['image']
    return dict(output=image, second=second)


def batch_of(case: Golden) -> dict[str, Tensor]:
    return dict(source_image=case.inputs['A'], target_image=case.inputs['B'], source_guide=case.inputs['C'],
                target_guide=case.inputs['D'])


def losses(case: Golden, cycles: int) -> dict[str, Tensor]:
    batch, terms = batch_of(case), terms_of(cycles)
    results, fakes = pix2pix_code.one_turn_each(case, *build(case, cycles), batch, terms)
    results.update({f'image.{official}': fakes[ours] for official, ours in FAKES.items() if ours in fakes})
    return {**results, **pix2pix_code.two_iterations(case, *build(case, cycles), batch, terms)}


def run(case: Golden) -> dict[str, Tensor]:
    networks = dict(ResnetGenerator=generator, NLayerDiscriminator=p2p.discriminator)
    cycles = dict(gesturegan_onecycle=1, gesturegan_twocycle=2)
    if case.config.get('network') in networks:
        return networks[case.config['network']](case)
    if case.config.get('model') in cycles:
        return losses(case, cycles[case.config['model']])
    raise NotCovered('no runner for this case')
