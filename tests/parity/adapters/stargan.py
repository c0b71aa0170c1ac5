"""StarGAN (yunjey/stargan)."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pix2pix_code
import torch
from golden import Golden, NotCovered
from mmengine.optim import LinearLR, OptimWrapper, OptimWrapperDict
from torch import Tensor

from ggtoolbox.datasets.celeba import flipped_targets
from ggtoolbox.models.gans.stargan import StarGAN
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, LOSSES, MODELS

PREFIXES = ('stargan_',)
# Official term -> ours, with which it is logged before its weight.
TERMS = dict(D_real='real', D_fake='fake', D_cls='classification', D_gp='gradient_penalty',
             G_fake='adversarial', G_cls='classification', G_rec='reconstruction')


def counts(options: dict) -> tuple[int, int]:
    """Attributes and domains."""
    return dict(CelebA=(options['c_dim'], 0), RaFD=(0, options['c_dim']),
                Both=(options['c_dim'], options['c2_dim']))[options['dataset']]


def generator_config(options: dict) -> dict:
    attributes, domains = counts(options)
    return dict(type='StarGANGenerator', num_attributes=attributes, num_domains=domains,
                channels=options['g_conv_dim'], num_blocks=options['g_repeat_num'], track_running_stats=True)


def discriminator_config(options: dict) -> dict:
    return dict(type='AttributeDiscriminator', num_attributes=sum(counts(options)), leaky_slope=0.01,
                image_size=(options['image_size'], options['image_size']), channels=options['d_conv_dim'],
                num_layers=options['d_repeat_num'])


def generator(case: Golden) -> dict[str, Tensor]:
    network = GENERATORS.build(generator_config(case.config['options']))
    names = pix2pix_code.load(case, 'generator', network, family='stargan').names
    label = case.inputs['label']
    network.planes = lambda attributes, domain: attributes  # the case gives all planes
    with torch.no_grad():
        results = dict(output=network(case.inputs['image'], label)['image'])
    state = network.state_dict()
    return {**results, **{name: state[names[name.removeprefix('buffer.')]] for name in case.expected
                          if name.startswith('buffer.')}}


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    network = DISCRIMINATORS.build(discriminator_config(case.config['options']))
    pix2pix_code.load(case, 'discriminator', network, family='stargan')
    output, = network(case.inputs['image'])
    return dict(src=output.logits, cls=output.attributes)


def gradient_penalty(case: Golden) -> dict[str, Tensor]:
    network = DISCRIMINATORS.build(discriminator_config(case.config['options']))
    names = pix2pix_code.load(case, 'discriminator', network, family='stargan').names
    loss = LOSSES.build(dict(type='GradientPenaltyLoss', weight=1.0))
    penalty = loss(network, case.inputs['real'], case.inputs['fake'], case.inputs['alpha'])
    penalty.backward()
    results = dict(penalty=penalty)
    for output in case.expected:
        kind, _, name = output.partition('.')
        if kind in ('gradnorm', 'grad'):
            gradient = network.get_parameter(names[name]).grad
            results[output] = gradient.norm() if kind == 'gradnorm' else probe(gradient)
    return results


def probe(value: Tensor) -> Tensor:
    """24 entries, evenly spread."""
    flat = value.detach().flatten()
    return flat[::max(1, len(flat) // 24)][:24]


def build(case: Golden, domain: str) -> tuple[StarGAN, dict[str, str], dict[str, Tensor]]:
    """The training class with the case's weights, official name -> ours, the prepared batch."""
    options = case.config['options']
    model = MODELS.build(dict(
        type='StarGAN', generator=generator_config(options), discriminator=discriminator_config(options),
        losses=dict(adversarial=dict(type='GANLoss', mode='wasserstein'),
                    gradient_penalty=dict(type='GradientPenaltyLoss', weight=options['lambda_gp']),
                    classification=dict(type='AttributeLoss', weight=options['lambda_cls']),
                    domain_classification=dict(type='DomainLoss', weight=options['lambda_cls']),
                    reconstruction=dict(type='L1Loss', weight=options['lambda_rec'])),
        options=dict(discriminator_steps=1))).train()
    names = {}
    for prefix, part in (('G.', 'generator'), ('D.', 'discriminator')):
        found = pix2pix_code.load(case, part, getattr(model, part), prefix, 'stargan')
        names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in found.names.items()})
    kind = 'attributes' if domain == 'CelebA' else 'domain'
    batch = {'source_image': case.inputs['image'], f'source_{kind}': case.inputs['label'],
             kind: case.inputs['label_trg'], 'interpolation': case.inputs['alpha']}
    return model, names, batch


def terms_of(options: dict, turn: str, found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Official terms of one player, before their weights, and the total with them."""
    found = {name.removeprefix('domain_'): value for name, value in found.items()}
    weights = dict(classification=options['lambda_cls'], gradient_penalty=options['lambda_gp'],
                   reconstruction=options['lambda_rec'])
    results = {theirs: found[ours] / weights.get(ours, 1) for theirs, ours in TERMS.items()
               if theirs.startswith(turn) and ours in found}
    return {**results, f'{turn}_total': sum(found.values())}


def losses(case: Golden) -> dict[str, Tensor]:
    options, results = case.config['options'], {}
    for turn, player in (('D', 'discriminator'), ('G', 'generator')):
        model, names, batch = build(case, case.config['domain'])
        with torch.set_grad_enabled(turn == 'G'):
            fakes = model.generate(batch)
        with model.only(player):
            found = model.player_losses(player, batch, fakes)
            sum(found.values()).backward()
        results.update(terms_of(options, turn, found))
        for name in case.config['watch']:
            if name.startswith(f'{turn}.'):
                gradient = model.get_parameter(names[name]).grad
                results.update({f'gradnorm.{name}': gradient.norm(), f'grad.{name}': probe(gradient)})
    kind = model.kind(batch)
    with torch.no_grad():
        results['fake'] = fakes['image']
        results['rec'] = model.generator(fakes['image'], **{kind: batch[f'source_{kind}']})['image']
    return results


def step(case: Golden) -> dict[str, Tensor]:
    options, results = case.config['options'], {}
    model, names, batch = build(case, case.config['domain'])
    model.prepare = lambda given: given
    state = model.state_dict()
    before = {name: state[names[name]].clone() for name in case.config['watch']}
    gradients: dict[str, list[Tensor]] = {name: [] for name in before}
    for name in before:
        model.get_parameter(names[name]).register_hook(
            lambda gradient, name=name: gradients[name].append(gradient.clone()))
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam(
            networks[0].parameters(), lr=options['g_lr' if player == 'generator' else 'd_lr'],
            betas=(options['beta1'], options['beta2'])))
        for player, networks in model.players().items()})
    for iteration in (1, 2):
        log = model.train_step(batch, wrappers)
        for turn, player in (('D', 'discriminator'), ('G', 'generator')):
            found = {name.partition('/loss_')[2]: value for name, value in log.items()
                     if name.startswith(f'{player}/')}
            results.update({f'step{iteration}_{name}': value
                            for name, value in terms_of(options, turn, found).items()})
        if iteration == 1:
            for name, old in before.items():
                moved = state[names[name]] - old
                results.update({f'delta.{name}': probe(moved), f'delta_l1.{name}': moved.abs().mean()})
            results.update({name: state[names[name.removeprefix('buffer.')]].clone() for name in case.expected
                            if name.startswith('buffer.')})
            for name, parts in gradients.items():
                whole = sum(parts)
                results.update({f'gradnorm.{name}': whole.norm(), f'grad.{name}': probe(whole)})
    return results


def labels(case: Golden) -> dict[str, Tensor | np.ndarray]:
    options, own = case.config['options'], case.inputs['c_org']
    results = {f'celeba_{k}': wanted
               for k, wanted in enumerate(flipped_targets(own, options['selected_attrs']))}
    eye = torch.eye(options['c2_dim'])
    for k in range(options['c2_dim']):
        results[f'rafd_{k}'] = eye[k].expand(len(own), -1)
    return results


def lr_schedule(case: Golden) -> dict[str, np.ndarray]:
    """mmengine's linear schedule, looked at where the released code looks at its own; a resumed run begins
    anew."""
    results = {}
    for name, run in case.config['runs'].items():
        total, decay, step = run['num_iters'], run['num_iters_decay'], run['lr_update_step']
        begin, first = total - decay, run.get('start', 0)
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        scheduler = LinearLR(optimizer, start_factor=1.0, end_factor=1 - 1 / step, begin=0, end=decay + 1,
                             by_epoch=False)
        factors = []
        for _ in range(decay + 1):
            factors.append(optimizer.param_groups[0]['lr'])
            optimizer.step()
            scheduler.step()
        kept = [*range(first, total, run['every']), total]
        behind = max(0, first - begin) // step * step
        results[name] = np.array([factors[max(0, (i - begin) // step * step - behind)] for i in kept])
    return results


RUNNERS: dict[str, Callable[[Golden], dict]] = dict(
    generator=generator, discriminator=discriminator, gradient_penalty=gradient_penalty, losses=losses,
    step=step,
    labels=labels, lr_schedule=lr_schedule)


def run(case: Golden) -> dict:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
