"""The networks, losses and iterations of pix2pix and CycleGAN (junyanz/pytorch-CycleGAN-and-pix2pix)."""
from __future__ import annotations

import random

import numpy as np
import pix2pix_code
import torch
from golden import Golden, NotCovered
from mmengine.optim import LinearLR, StepLR
from torch import Tensor

from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.image_pool import ImagePool
from ggtoolbox.models.losses.gan import GANLoss
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput

PREFIXES = ('p2p',)

# Official networks and terms of the two systems, by ours. A term is what the official code logs, times its
# factor here: both halve the sum of the discriminator's terms, but pix2pix logs them before.
NETWORKS = dict(
    pix2pix={'G.': 'generator', 'D.': 'discriminator'},
    cyclegan={'G_A.': 'generator', 'G_B.': 'inverse_generator', 'D_A.': 'discriminator',
              'D_B.': 'source_discriminator'})
TERMS = dict(
    pix2pix=dict(G_GAN={'adversarial': 1}, G_L1={'pixel': 1}, G={'adversarial': 1, 'pixel': 1},
                 D_fake={'fake': 2}, D_real={'real': 2}, D={'fake': 1, 'real': 1}),
    cyclegan=dict(G_A={'adversarial_target': 1}, G_B={'adversarial_source': 1},
                  cycle_A={'cycle_source': 1}, cycle_B={'cycle_target': 1},
                  idt_A={'identity_target': 1}, idt_B={'identity_source': 1},
                  G=dict.fromkeys(('adversarial_target', 'adversarial_source', 'cycle_source',
                                   'cycle_target', 'identity_target', 'identity_source'), 1),
                  D_A={'real_target': 1, 'fake_target': 1}, D_B={'real_source': 1, 'fake_source': 1}))


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    build = dict(UnetGenerator=pix2pix_code.unet, ResnetGenerator=pix2pix_code.resnet)
    norm = pix2pix_code.norm_of(case, case.config['norm'])
    network = GENERATORS.build(build[case.config['network']](case.config, norm))
    pix2pix_code.load(case, 'generator', network)
    return dict(output=network(source_image=case.inputs['x'])['image'])


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    build = dict(NLayerDiscriminator=pix2pix_code.patch_discriminator,
                 PixelDiscriminator=pix2pix_code.pixel_discriminator)
    norm = pix2pix_code.norm_of(case, case.config['norm'])
    network = DISCRIMINATORS.build(
        build[case.config['network']](case.config, norm, case.config['input_nc']))
    pix2pix_code.load(case, 'discriminator', network)
    logits = network(case.inputs['x'])[0].logits
    return dict(output=logits.sigmoid() if case.config['use_sigmoid'] else logits)


def gan_loss(case: Golden) -> dict[str, Tensor]:
    """Our vanilla loss takes what comes before the sigmoid."""
    pix2pix_code.require(case.config['fake_label'] == 0, 'a label of fakes other than 0')
    results = {}
    for mode, official, logits in (('least_squares', 'lsgan', case.inputs['score']),
                                   ('vanilla', 'vanilla', case.inputs['prob'].logit())):
        loss = GANLoss(mode, real_label=case.config['real_label'])
        scales = [DiscriminatorOutput(logits, [])]
        terms = loss.discriminator(scales, scales)
        results.update({f'{official}_{name}': term for name, term in terms.items()})
    return results


@torch.no_grad()
def vgg_loss(case: Golden) -> dict[str, Tensor]:
    loss = pix2pix_code.perceptual_loss(case)
    results = dict(loss=loss(case.inputs['x'], case.inputs['y']))
    for number, feature in enumerate(loss.network(case.inputs['x']).values(), start=1):
        results.update(pix2pix_code.probe(f'feature{number}', feature))
    return results


def image_pool(case: Golden) -> dict[str, np.ndarray]:
    pool, batch = ImagePool(case.config['pool_size']), case.config['batch']
    random.seed(case.config['rng_seed'])
    returned = [pool.exchange(torch.arange(k * batch, (k + 1) * batch).reshape(batch, 1, 1, 1)).flatten()
                for k in range(case.config['calls'])]
    kept = torch.stack(pool.images) if pool.images else torch.empty(0)
    return dict(returned=torch.stack(returned), kept=kept.flatten())


def schedule(run: dict) -> np.ndarray:
    """The factor of each epoch, from mmengine's schedules; a resumed run has behind it what was before."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    constant, decay, behind = run['niter'], run['niter_decay'], run.get('epoch_count', 1) - 1
    policy = run.get('policy', 'lambda')
    if policy == 'step':
        scheduler, behind = StepLR(optimizer, run['decay_iters'], gamma=0.1), 0
    elif policy == 'lambda' and run['kind'] == 'v2018':
        scheduler = LinearLR(optimizer, start_factor=1.0, end_factor=0.0, begin=constant - 2,
                             end=constant + decay)
    elif policy == 'lambda':  # the code of 2017 starts anew when it resumes
        scheduler, behind = LinearLR(optimizer, start_factor=1.0, end_factor=0.0, begin=constant,
                                     end=constant + decay + 2), 0
    else:
        raise NotCovered(f'the learning-rate policy {policy!r}, which is never given its metric')
    factors = []
    for _ in range(behind + constant + decay - run.get('epoch_count', 1) + 1):
        factors.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        scheduler.step()
    return np.array(factors[behind:])


def learning_rates(case: Golden) -> dict[str, np.ndarray]:
    return {name: schedule(run) for name, run in case.config['runs'].items()}


def gan_config(case: Golden) -> dict:
    options = case.config
    if options['model'] == 'pix2pix':
        return dict(
            type='Pix2pix',
            generator=pix2pix_code.unet(options, pix2pix_code.norm_of(case, options['norm'], 'G.')),
            discriminator=pix2pix_code.patch_discriminator(
                options, pix2pix_code.norm_of(case, options['norm'], 'D.'), options['input_nc'] + 3),
            losses=dict(adversarial=pix2pix_code.adversarial(options),
                        pixel=dict(type='L1Loss', weight=options['lambda_L1'])))
    def pixel(weight: float) -> dict | None:
        return dict(type='L1Loss', weight=weight) if weight else None

    identity, cycles = options['lambda_identity'], dict(source=options['lambda_A'],
                                                        target=options['lambda_B'])
    return dict(
        type='CycleGAN', pool_size=options['pool_size'],
        generator=pix2pix_code.resnet(options, pix2pix_code.norm_of(case, options['norm'], 'G_A.')),
        discriminator=pix2pix_code.patch_discriminator(
            options, pix2pix_code.norm_of(case, options['norm'], 'D_A.'), 3),
        losses=dict(adversarial=pix2pix_code.adversarial(options),
                    **{f'cycle_{side}': pixel(weight) for side, weight in cycles.items()},
                    **{f'identity_{side}': pixel(identity * weight) for side, weight in cycles.items()}))


def build(case: Golden) -> tuple[BaseGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    model, family = MODELS.build(gan_config(case)).train(), case.config['model']
    names = {}
    for prefix, part in NETWORKS[family].items():
        conversion = pix2pix_code.load(case, part, getattr(model, part), prefix, family)
        names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in conversion.names.items()})
    return model, names


def losses(case: Golden) -> dict[str, Tensor]:
    terms = TERMS[case.config['model']]
    batch = dict(source_image=case.inputs['A'], target_image=case.inputs['B'])
    model, names = build(case)
    results, fakes = pix2pix_code.one_turn_each(case, model, names, batch, terms)
    results['image.fake_B'] = fakes['image']
    if 'source_like' in fakes:
        results.update({'image.fake_A': fakes['source_like'],
                        'image.rec_A': model.to_source(fakes['image']),
                        'image.rec_B': model.to_target(fakes['source_like'])})
    model, names = build(case)
    return {**results, **pix2pix_code.two_iterations(case, model, names, batch, terms)}


def run(case: Golden) -> dict[str, Tensor | np.ndarray]:
    kind = case.config.get('network', '')
    if kind in ('UnetGenerator', 'ResnetGenerator'):
        return generator(case)
    if kind in ('NLayerDiscriminator', 'PixelDiscriminator'):
        return discriminator(case)
    if case.config.get('model') in NETWORKS:
        return losses(case)
    for start, runner in (('p2p_gan_loss', gan_loss), ('p2p_vgg_loss', vgg_loss),
                          ('p2p_image_pool', image_pool), ('p2p_lr_schedules', learning_rates)):
        if case.name.startswith(start):
            return runner(case)
    raise NotCovered('no runner for this case')
