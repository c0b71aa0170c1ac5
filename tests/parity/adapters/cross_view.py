"""X-Fork and X-Seq (kregmi/cross-view-image-synthesis)."""
from __future__ import annotations

from collections.abc import Callable

import tensorflow_code
import torch
from golden import Golden, NotCovered
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, MODELS

PREFIXES = ('xfork', 'xseq')
NETWORKS = dict(xfork={'G.': 'generator', 'D.': 'discriminator'},
                xseq={'G1.': 'generator', 'G2.': 'guide_generator', 'D1.': 'discriminator',
                      'D2.': 'guide_discriminator'})
# Official term -> ours and its weight.
TERMS = dict(
    xfork=dict(D_real='real', D_fake='fake', G_GAN='adversarial', G_L1='pixel', G_L1_segmentation='guide'),
    xseq=dict(D1_real='real', D1_fake='fake', D2_real='real_guide', D2_fake='fake_guide',
              G1_GAN='adversarial',
              G1_L1='pixel', G2_GAN='guide_adversarial', G2_L1='guide'))


def generator_config(config: dict, dropout: float) -> dict:
    drawn = config.get('output_nc_seg', 3 if config['system'] == 'xfork' else None)
    head = dict(type='ForkHead', num_upsamplings=2, guide_channels=drawn) if drawn else None
    return dict(type='EncoderDecoderGenerator', source_channels=config.get('input_nc', 3), dropout=dropout,
                channels=config['ngf'], out_channels=config.get('output_nc', 3), head=head,
                single_erases=True)


class GivenMask(nn.Module):
    """Dropout with a given mask."""

    def __init__(self, mask: Tensor, probability: float) -> None:
        super().__init__()
        self.factor = mask / (1 - probability)

    def forward(self, x: Tensor) -> Tensor:
        """x * mask / (1 - p)."""
        return x * self.factor


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    results = {}
    for ending, dropout in (('', case.config['dropout']), ('_no_dropout', 0.0)):
        network = GENERATORS.build(generator_config(case.config, dropout)).train()
        tensorflow_code.fill(case, network, 'cross_view', 'generator')
        if dropout:
            for index in range(3):
                network.ups[index].dropout = GivenMask(case.inputs[f'mask{index + 1}'], dropout)
        drawn = network(case.inputs['source'])
        results[f'image{ending}'] = drawn['image']
        if 'guide_image' in drawn:
            results[f'segmentation{ending}'] = drawn['guide_image']
    return results


def discriminator_config(config: dict) -> dict:
    seen = config.get('channels', config.get('input_nc', 3) + config.get('output_nc', 3))
    return dict(type='PatchDiscriminator', in_channels=seen, channels=config['ndf'],
                num_layers=config.get('layers', 3) + 1, max_channels=8 * config['ndf'], padding=1,
                norm='batch', bias_before_norm=True, spectral=False)


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    network = DISCRIMINATORS.build(discriminator_config(case.config)).train()
    tensorflow_code.fill(case, network, 'cross_view', 'discriminator')
    logits = network(case.inputs['pair'])[0].logits
    return dict(probability=logits.sigmoid())


def step(case: Golden) -> dict[str, Tensor]:
    config, options, system = case.config, case.config['options'], case.config['system']
    if options['fake_label'] != 0:
        raise NotCovered('a label of fakes other than 0')
    adversarial = dict(type='GANLoss', mode='vanilla', real_label=options['real_label'])
    pixel = dict(type='L1Loss', weight=options['l1'])
    losses = dict(adversarial=adversarial, pixel=pixel, guide=pixel)
    own = dict(type='XFork')
    if system == 'xseq':
        second = dict(config, input_nc=config.get('output_nc', 3), channels=6)  # it reads the image alone
        own = dict(type='XSeq', feedback=options['gradient_weight'],
                   guide_generator=generator_config(second, options['dropout']),
                   guide_discriminator=discriminator_config(second))
        losses['guide_adversarial'] = adversarial
    model = MODELS.build(dict(own, generator=generator_config(config, options['dropout']),
                              discriminator=discriminator_config(config), losses=losses)).train()
    names = {}
    for prefix, part in NETWORKS[system].items():
        found = tensorflow_code.fill(case, getattr(model, part), 'cross_view', part, prefix)
        names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in found.names.items()})
    batch = dict(source_image=case.inputs['source'], target_image=case.inputs['target'],
                 target_guide=case.inputs['segmentation'])
    watched = config['watch']
    before = {name: model.get_parameter(names[name]).detach().clone() for name in watched}
    fakes = model.generate(batch)
    results = dict(fake=fakes['image'], fake_segmentation=fakes['guide_image'])
    wrappers, gradients = OptimWrapperDict(**{
        player: OptimWrapper(tensorflow_code.first_adam(
            [p for network in networks for p in network.parameters()], options))
        for player, networks in model.players().items()}), {}
    for parameter in watched:
        own = model.get_parameter(names[parameter])
        own.register_hook(lambda gradient, name=parameter: gradients.update({name: gradient.clone()}))
    if system == 'xseq':
        results['gradnorm.feedback'] = feedback(model, batch)
        for prefix, part in NETWORKS[system].items():  # what that has moved
            tensorflow_code.fill(case, getattr(model, part), 'cross_view', part, prefix)
    log = model.train_step(batch, wrappers)
    found = {name.rpartition('/loss_')[2]: value for name, value in log.items()}
    weights = {name: loss.weight for name, loss in model.losses.items()}
    results.update({theirs: found[ours] / weights.get(ours, 1) for theirs, ours in TERMS[system].items()})
    results['G_total'] = sum(found[name] for name in weights if name in found)
    moved = {name: model.get_parameter(names[name]) for name in watched}
    after = tensorflow_code.after_step(moved, before, gradients, options['lr'])
    return {**results, **after}


def feedback(model: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    """Norm of the gradient that G2's terms send to the image, before its factor; D2 has moved."""
    fakes = model.generate(batch)
    wrapper = OptimWrapper(tensorflow_code.first_adam(
        model.guide_discriminator.parameters(),
        dict(lr=2e-4, beta1=0.5, beta2=0.999, epsilon=1e-8)))
    detached = {name: value.detach() for name, value in fakes.items()}
    wrapper.update_params(sum(model.player_losses('discriminator', batch, detached).values()))
    terms = model.player_losses('generator', batch, fakes)
    gradient, = torch.autograd.grad(terms['guide'] + terms['guide_adversarial'], fakes['image'])
    return gradient.norm() / model.feedback


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor]]] = dict(
    generator=generator, discriminator=discriminator, step=step)


def run(case: Golden) -> dict[str, Tensor]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
