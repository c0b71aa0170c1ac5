"""C2GAN and its extension (Ha0Tang/C2GAN, ``models/`` and ``exp_extend/``).

The cases of losses need the released reading, ``guidance_gradient=False``: losses of guides do not train the
image generator. A and B are source and target; C is the guide of the target and D that of the source, in the
extension the other way round.
"""
from __future__ import annotations

import pix2pix_code
import torch
from adapters import p2p
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.models.gans.c2gan import C2GAN
from ggtoolbox.registry import GENERATORS, MODELS

PREFIXES = ('c2gan',)

PARTS = {'G.': 'generator', 'G_L.': 'guidance_generator', 'D.': 'discriminator',
         'D_L.': 'guidance_discriminator'}
FAKES = {'fake_B': 'image', 'recovered_A': 'recovered_image', 'fake_B_L': 'guide',
         'fake_A_L': 'recovered_guide'}
ADVERSARIAL = ('adversarial_image', 'adversarial_recovered_image')
GUIDANCE_ADVERSARIAL = ('guidance_adversarial_guide', 'guidance_adversarial_recovered_guide')
# What the official code logs, as sums of our terms times factors. It halves the discriminators' terms of an
# image after logging them, but their sums before.
TERMS = {
    'G_GAN_A2B': {ADVERSARIAL[0]: 1}, 'G_GAN_B2A': {ADVERSARIAL[1]: 1},
    'G_GAN': dict.fromkeys(ADVERSARIAL, 1), 'G_L1': {'pixel': 1}, 'G_cyc': {'cycle': 1},
    'G_VGG': {'perceptual': 1},
    'D_combine_AC_fakeB': {'fake_image': 2}, 'D_combine_AC_realB': {'real_image': 2},
    'D_combine_BD_fakeA': {'fake_recovered_image': 2}, 'D_combine_BD_realA': {'real_recovered_image': 2},
    'D_real': {'real_image': 1, 'real_recovered_image': 1},
    'D_fake': {'fake_image': 1, 'fake_recovered_image': 1},
    'D': dict.fromkeys(('real_image', 'real_recovered_image', 'fake_image', 'fake_recovered_image'), 1),
    'G_L_GAN_1': {GUIDANCE_ADVERSARIAL[0]: 1}, 'G_L_GAN_3': {GUIDANCE_ADVERSARIAL[1]: 1},
    'G_L_GAN': dict.fromkeys(GUIDANCE_ADVERSARIAL, 1), 'G_L_cyc': {'guidance_cycle': 1},
    'G_L': dict.fromkeys((*GUIDANCE_ADVERSARIAL, 'guidance_cycle'), 1),
    'pred_combine_fake_B_L': {'fake_guide': 2}, 'pred_combine_real_B_L': {'real_guide': 2},
    'pred_combine_fake_A_L': {'fake_recovered_guide': 2},
    'pred_combine_real_A_L': {'real_recovered_guide': 2},
    'D_L_real': {'real_guide': 1, 'real_recovered_guide': 1},
    'D_L_fake': {'fake_guide': 1, 'fake_recovered_guide': 1},
    'D_L': dict.fromkeys(('real_guide', 'real_recovered_guide', 'fake_guide', 'fake_recovered_guide'), 1)}


def is_extended(case: Golden) -> bool:
    return case.config['model'] == 'c2gan_extended'


def terms_of(case: Golden) -> pix2pix_code.Terms:
    perceptual = ('perceptual',) if is_extended(case) else ()
    return {**TERMS, 'G': dict.fromkeys((*ADVERSARIAL, 'pixel', 'cycle', *perceptual), 1)}


def generator_configs(options: dict, norm: dict) -> dict[str, dict]:
    """Dropout is off in these cases."""
    name = options.get('which_model_netG', 'unet_256')
    blocks = {'resnet_9blocks': 9, 'resnet_6blocks': 6}
    if name in blocks:
        config = pix2pix_code.resnet(dict(options, input_nc=3, n_blocks=blocks[name]), norm)
    else:
        halvings = options.get('unet_num_downs', options.get('num_downs'))
        pix2pix_code.require(name.startswith('unet') and halvings, f'the generator {name!r}')
        config = pix2pix_code.unet(dict(options, input_nc=3, num_downs=halvings), norm)
    return dict(generator=dict(config, guide_channels=3), guidance_generator=config)


def gan_config(case: Golden) -> dict:
    options = case.config
    kinds = dict(basic=pix2pix_code.patch_discriminator, n_layers=pix2pix_code.patch_discriminator)
    kind = options['which_model_netD']
    pix2pix_code.require(kind in kinds, f'the discriminator {kind!r}')
    layers = dict(n_layers=options.get('n_layers_D', 3)) if kind == 'n_layers' else {}
    norm = pix2pix_code.norm_of(case, options['norm'], 'D.')
    adversarial = pix2pix_code.adversarial(dict(lsgan=not options['no_lsgan']))
    cycle = dict(type='L1Loss', weight=options['lambda_cycle'])
    return dict(
        type='C2GAN', pool_size=options['pool_size'], guidance_gradient=False,
        **generator_configs(options, pix2pix_code.norm_of(case, options['norm'], 'G.')),
        discriminator=kinds[kind]({**options, **layers}, norm, 3 + 3 + 3),
        guidance_discriminator=kinds[kind]({**options, **layers}, norm, 3 + 3),
        losses=dict(adversarial=adversarial, pixel=dict(type='L1Loss', weight=options['lambda_recon']),
                    cycle=cycle, guidance_adversarial=adversarial, guidance_cycle=cycle))


def build(case: Golden) -> tuple[C2GAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    model, names = MODELS.build(gan_config(case)).train(), {}
    if is_extended(case):
        model.losses['perceptual'] = pix2pix_code.perceptual_loss(case, case.config['lambda_vgg'])
    for prefix, part in PARTS.items():
        conversion = pix2pix_code.load(case, part, getattr(model, part), prefix, 'c2gan')
        names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in conversion.names.items()})
    return model, names


@torch.no_grad()
def generators(case: Golden) -> dict[str, Tensor]:
    """What the released test makes: the second guide is that of the source image itself."""
    networks = {}
    for prefix, part in list(PARTS.items())[:2]:
        norm = pix2pix_code.norm_of(case, case.config['norm'], prefix)
        networks[part] = GENERATORS.build(generator_configs(case.config, norm)[part])
        pix2pix_code.load(case, part, networks[part], prefix, 'c2gan')
    make_image, make_guide = networks.values()
    source = case.inputs['A']
    image = make_image(source_image=source, target_guide=case.inputs['C'])['image']
    recovered = make_image(source_image=image, target_guide=case.inputs['D'])['image']
    return dict(fake_B=image, recovered_A=recovered, fake_B_L=make_guide(source_image=image)['image'],
                fake_A_L=make_guide(source_image=source)['image'])


def batch_of(case: Golden) -> dict[str, Tensor]:
    source_guide, target_guide = ('C', 'D') if is_extended(case) else ('D', 'C')
    return dict(source_image=case.inputs['A'], target_image=case.inputs['B'],
                source_guide=case.inputs[source_guide], target_guide=case.inputs[target_guide])


def losses(case: Golden) -> dict[str, Tensor]:
    batch, terms = batch_of(case), terms_of(case)
    results, fakes = pix2pix_code.one_turn_each(case, *build(case), batch, terms)
    results.update({f'image.{official}': fakes[ours] for official, ours in FAKES.items()})
    return {**results, **pix2pix_code.two_iterations(case, *build(case), batch, terms)}


def run(case: Golden) -> dict[str, Tensor]:
    if case.config.get('network') == 'NLayerDiscriminator':
        return p2p.discriminator(case)
    if 'G_L.model.model.0.weight' in case.official_state and 'model' not in case.config:
        return generators(case)
    if case.config.get('model') in ('c2gan', 'c2gan_extended'):
        return losses(case)
    raise NotCovered('no runner for this case')
