"""GauGAN's losses, iterations and schedule, through this toolbox's own training class."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import nvlabs
import nvlabs_data
import torch
from golden import Golden
from mmengine.optim import LinearLR, OptimWrapper, OptimWrapperDict
from torch import Tensor

from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.gans.gaugan import GauGAN
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.registry import MODELS

OFFICIAL_PARTS = dict(generator='netG.', discriminator='netD.', encoder='netE.')
OFFICIAL_TERMS = dict(adversarial='G_GAN', feature_matching='G_GAN_Feat', perceptual='G_VGG', kl='G_KLD',
                      pixel='G_L1', real='D_D_real', fake='D_D_Fake')


def gan_config(options: dict, generator: str | None = None) -> dict:
    """``generator``: its type, where the options do not say."""
    perceptual = dict(type='PerceptualLoss', weight=options['lambda_vgg'],
                      network=dict(type='VGG19', allow_random=True))
    matching = dict(type='FeatureMatchingLoss', weight=options['lambda_feat'],
                    average='features' if options['netD'] == 'fpse' else 'scales')
    network, encoder = nvlabs.generator_config(options), nvlabs.encoder_config(options)
    losses = dict(
        adversarial=dict(type='GANLoss', mode=nvlabs.GAN_MODES[options['gan_mode']]),
        feature_matching=None if options['no_ganFeat_loss'] else matching,
        perceptual=None if options['no_vgg_loss'] else perceptual,
        kl=dict(type='KLLoss', weight=options['lambda_kld']) if options['use_vae'] else None,
        pixel=dict(type='L1Loss', weight=10.0) if options.get('no_l1_loss') is False else None)
    return dict(
        type='SEAN' if options['repo'] == 'sean' else 'GauGAN',
        generator=dict(network, type=generator or network['type']),
        discriminator=nvlabs.discriminator_config(options), **(dict(encoder=encoder) if encoder else {}),
        options=dict(discriminator_steps=int(options.get('D_steps_per_G', 1))),
        losses={name: term for name, term in losses.items() if term})


def build(case: Golden, family: str = 'spade',
          generator: str | None = None) -> tuple[GauGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    model = MODELS.build(gan_config(nvlabs.options_of(case), generator))
    names = {}
    for part, prefix in OFFICIAL_PARTS.items():
        network = getattr(model, part)
        if network is not None:
            conversion = nvlabs.load(case, part, network, prefix, family)
            names.update({f'{prefix}{theirs}': f'{part}.{ours}'
                          for theirs, ours in conversion.names.items()})
    load_perceptual(case, model)
    return model, names


def load_perceptual(case: Golden, model: BaseGAN) -> None:
    """Give the perceptual loss, where there is one, the case's weights."""
    if 'perceptual' in model.losses:
        vgg = {name.removeprefix('vgg.'): value for name, value in case.official_state.items()
               if name.startswith('vgg.')}
        load_strictly(model.losses['perceptual'].network, vgg, case.name, dropped=('features.',))


@contextmanager
def noise_of(case: Golden) -> Iterator[None]:
    """The case's own noise wherever the encoder's latent is sampled."""
    noise = case.inputs.get('eps')
    with patch('torch.randn_like', lambda like: noise.to(like)) if noise is not None else patch.dict({}):
        yield


def losses(case: Golden, family: str = 'spade', generator: str | None = None) -> dict[str, Tensor]:
    results = {}
    for phase in ('generator', 'discriminator'):
        model, _ = build(case, family, generator)
        batch = nvlabs_data.batch_of(case, nvlabs.options_of(case))
        with noise_of(case), torch.set_grad_enabled(phase == 'generator'):
            fakes = model.generate(batch)
            terms = getattr(model, f'{phase}_losses')(batch, fakes)
        results.update({OFFICIAL_TERMS[name]: value for name, value in terms.items()})
        results['G_total' if phase == 'generator' else 'D_total'] = sum(terms.values())
        if phase == 'generator':
            results['fake'] = fakes['image']
    return results


def optimisers(model: BaseGAN, options: dict) -> OptimWrapperDict:
    """Adam with two rates (TTUR), or with one; a repository may have its own whatever its options are."""
    factors = dict(generator=1.0, discriminator=1.0) if options['no_TTUR'] else dict(
        generator=0.5, discriminator=2.0)
    settings = {player: dict(lr=options['lr'] * factor, betas=(options['beta1'], options['beta2']))
                for player, factor in factors.items()}
    if options.get('adam'):
        settings = {player: options['adam'][player[0].upper()] for player in factors}
    return OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam([p for network in networks for p in network.parameters()],
                                              **settings[player]))
        for player, networks in model.players().items()})


def step(case: Golden, family: str = 'spade', generator: str | None = None,
         dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """One iteration, watched, and the terms of a second one."""
    model, names = build(case, family, generator)
    with noise_of(case):
        return watched_steps(case, model.to(dtype), names, lambda terms: {
            OFFICIAL_TERMS[name]: value for name, value in terms.items()}, dtype)


def watched_steps(case: Golden, model: BaseGAN, names: dict[str, str],
                  official_terms: Callable[[dict[str, Tensor]], dict[str, Tensor]],
                  dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """What the case watches of one iteration of ``model``, and the terms of a second one.

    Args:
        names: official name -> name in the model.
        official_terms: our terms by name -> the official ones.
        dtype: of the model, and so of what it is fed.
    """
    options = nvlabs.options_of(case)
    model.train()
    wrappers = optimisers(model, options)
    batch = {name: value.to(dtype) if value.is_floating_point() else value
             for name, value in nvlabs_data.batch_of(case, options).items()}
    tensors = {official: model.get_parameter(names[official]) for official in case.config['watch']}
    drawn = {official: tensor.detach().clone() for official, tensor in tensors.items()}
    results = {}

    def watch_gradients(optimizer: torch.optim.Optimizer, *_) -> None:
        mine = {id(parameter) for group in optimizer.param_groups for parameter in group['params']}
        results.update({f'gradnorm.{official}': tensor.grad.norm()
                        for official, tensor in tensors.items() if id(tensor) in mine})

    def iterate(prefix: str) -> None:
        log = model.train_step(batch, wrappers)
        terms = {name.rpartition('/loss_')[2]: value for name, value in log.items()}
        results.update({prefix + name: value for name, value in official_terms(terms).items()})

    handles = [wrapper.optimizer.register_step_pre_hook(watch_gradients)
               for wrapper in wrappers.values()]
    iterate('step1_')
    for handle in handles:
        handle.remove()
    for official, tensor in tensors.items():
        value = tensor.detach().double()
        results.update({f'sum.{official}': value.sum(), f'sumsq.{official}': value.square().sum(),
                        f'delta_l1.{official}': (value - drawn[official]).abs().mean()})
    for official in case.config.get('buffers', ()):
        results[f'buffer.{official}'] = model.get_buffer(names[official]).clone()
    iterate('step2_')
    return results


def learning_rates(case: Golden) -> dict[str, np.ndarray]:
    """The rate of each epoch under the schedule as a config sets it."""
    options = nvlabs.options_of(case)
    constant, decay = options['niter'], options['niter_decay']
    factors = dict(lr_G=1.0, lr_D=1.0) if options['no_TTUR'] else dict(lr_G=0.5, lr_D=2.0)
    results = {}
    for output, factor in factors.items():
        optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=options['lr'] * factor)
        schedulers = [LinearLR(optimizer, start_factor=1.0, end_factor=0.0, begin=constant,
                               end=constant + decay + 1, by_epoch=True)] if decay else []
        rates = []
        for _ in range(constant + decay):
            rates.append(optimizer.param_groups[0]['lr'])
            optimizer.step()
            for scheduler in schedulers:
                scheduler.step()
        results[output] = np.array(rates)
    return results
