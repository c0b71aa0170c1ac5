"""SketchyCOCO's EdgeGAN (sysu-imsl/EdgeGAN)."""
from __future__ import annotations

from collections.abc import Callable

import tensorflow_code
import torch
from golden import Golden, NotCovered
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.engine.optimisers import TensorFlowRMSprop
from ggtoolbox.models.gans.sketchycoco import SketchyCOCO, with_sigmoid
from ggtoolbox.models.layers.tensorflow_layers import double_bicubic
from ggtoolbox.models.losses.gradient_penalty import gradient_norms
from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS, LOSSES, MODELS

PREFIXES = ('sketchy_',)
NETWORKS = {'G1.': 'edge_generator', 'G2.': 'generator', 'D.': 'joint_discriminator',
            'D_image.': 'discriminator',
            'D_edge.': 'edge_discriminator', 'E.': 'encoder', 'C.': 'classifier'}
CRITICS = dict(joint_discriminator='joint', discriminator='image', edge_discriminator='edge')


def load(case: Golden, part: str, network: nn.Module, prefix: str = '') -> dict[str, str]:
    return tensorflow_code.fill(case, network, 'sketchycoco', part, prefix).names


def generator_config(classes: int, z_dim: int, width: int, size: int = 64) -> dict:
    return dict(type='ClassLatentGenerator', num_classes=classes, latent_dim=z_dim, channels=width,
                image_size=(size, size))


def critic_config(width: int, size: tuple[int, int], released: bool = False) -> dict:
    return dict(type='DCGANDiscriminator', image_size=size, channels=width, kernel_size=4, bias=False,
                norm='deviation', detached_mean=released)


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    config = case.config
    network = GENERATORS.build(generator_config(config['classes'], config['z_dim'], config['width'],
                                                config['size'])).train()
    load(case, 'generator', network)
    return dict(image=network(case.inputs['z'], case.inputs['label'])['image'])


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    width, size = case.config['width'], case.config['size']
    if case.config['resized'] != 2 * size:
        raise NotCovered('an enlargement by another factor')
    edge, image, results = case.inputs['edge'], case.inputs['image'], {}
    for prefix, name, seen, config in (
            ('joint.', 'joint', torch.cat([edge, image], 3), critic_config(width, (size, 2 * size))),
            ('image.', 'single', double_bicubic(image), critic_config(width, (2 * size, 2 * size)))):
        network = DISCRIMINATORS.build(config)
        load(case, 'discriminator', network, prefix)
        results[name] = network(seen)[0].logits
    return dict(results, resized=double_bicubic(image))


@torch.no_grad()
def encoder(case: Golden) -> dict[str, Tensor]:
    config = case.config
    network = BACKBONES.build(dict(type='EdgeEncoder', latent_dim=config['z_dim'],
                                   channels=(config['first_width'], *config['widths'])))
    load(case, 'encoder', network)
    found = network(case.inputs['edge'], case.inputs['noise'])
    return dict(z=found['latent'], mu=found['mean'], log_sigma=found['log_deviation'])


@torch.no_grad()
def classifier(case: Golden) -> dict[str, Tensor]:
    config, label = case.config, case.inputs['label']
    network = BACKBONES.build(dict(type='MaskedResidualClassifier', num_classes=config['classes'],
                                   channels=config['width'], critic=True))
    load(case, 'classifier', network)
    found = network(case.inputs['image'])
    focal = LOSSES.build(dict(type='FocalDomainLoss', power=config['focal_power']))
    plain = LOSSES.build(dict(type='DomainLoss', weight=config['generator_weight']))
    return dict(critic=found['scores'], logits=found['logits'], focal=focal(found['logits'], label),
                generator_term=plain(found['logits'], label))


def penalty(case: Golden) -> dict[str, Tensor]:
    config = case.config
    network = DISCRIMINATORS.build(critic_config(config['d_width'], tuple(config['size']),
                                                 released=config['second_order'] == 'released'))
    names = load(case, 'discriminator', network, 'D.')
    real, fake, share = (case.inputs[name] for name in ('real', 'fake', 'alpha'))
    between = real + share * (fake - real)
    critic = lambda image: with_sigmoid(network(image))
    loss = LOSSES.build(dict(type='GradientPenaltyLoss', weight=1.0))(critic, real, fake, 1 - share)
    loss.backward()
    results = dict(norms=gradient_norms(critic, between), norms_plain=gradient_norms(network, between),
                   penalty=loss)
    for output in case.expected:
        kind, _, name = output.partition('.D.')
        if name:
            gradient = network.get_parameter(names[name]).grad
            results[output] = gradient.norm() if kind == 'gradnorm' else gradient[:4, :4]
    return results


def build(case: Golden) -> tuple[SketchyCOCO, dict[str, str], dict[str, Tensor]]:
    """The training class with the case's weights, official name -> ours, the prepared batch."""
    options = case.config['options']
    size, width = case.inputs['image'].shape[-1], options['d_width']
    config = dict(type='SketchyCOCO', encoder=dict(type='EdgeEncoder', latent_dim=options['z_dim'],
                                                   channels=options['encoder_widths']),
                  classifier=dict(type='MaskedResidualClassifier', num_classes=options['classes'],
                                  channels=options['classifier_width'], critic=True),
                  joint_discriminator=critic_config(width, (size, 2 * size)))
    for name in ('generator', 'edge_generator'):
        config[name] = generator_config(options['classes'], options['z_dim'], options['g_width'], size)
    for name in ('discriminator', 'edge_discriminator'):
        config[name] = critic_config(width, (2 * size, 2 * size))
    config['critic_weights'] = {kind: options[f'{kind}_weight'] for kind in CRITICS.values()}
    config['losses'] = dict(
        adversarial=dict(type='GANLoss', mode='wasserstein'),
        gradient_penalty=dict(type='GradientPenaltyLoss', weight=options['lambda_gp']),
        classification=dict(type='FocalDomainLoss', power=options['focal_power']),
        image_class=dict(type='DomainLoss', weight=options['class_weight']),
        latent=dict(type='L1Loss', weight=options['z_weight']))
    model, names = MODELS.build(config).train(), {}
    for prefix, part in NETWORKS.items():
        found = load(case, part, getattr(model, part), prefix)
        names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in found.items()})
    fields = dict(image='target_image', edge='target_guide', z='latent', label='domain',
                  noise='encoder_noise')
    batch = {ours: case.inputs[theirs] for theirs, ours in fields.items()}
    batch.update({f'{kind}_interpolation': 1 - case.inputs[f'alpha_{kind}'] for kind in CRITICS.values()})
    return model, names, batch


def terms_of(turn: str, found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Official terms of a turn."""
    if turn in CRITICS:
        kind = CRITICS[turn]
        return {f'D_{kind}': found['real'] + found['fake'], f'D_{kind}_penalty': found['gradient_penalty']}
    if turn == 'classifier':
        return dict(C_focal=found['classification'])
    if turn == 'encoder':
        return dict(E_z=found['latent'])
    terms = {f'G_{kind}': found[f'adversarial_{kind}'] for kind in CRITICS.values()}
    return dict(terms, G_class=found['image_class'])


def losses(case: Golden) -> dict[str, Tensor]:
    model, _, batch = build(case)
    with torch.no_grad():
        fakes = model.generate(batch)
    results = dict(edge=fakes['edge_image'], image=fakes['image'])
    for turn in model.order():
        results.update(terms_of(turn, model.player_losses(turn, batch, fakes)))
    return results


def step(case: Golden) -> dict[str, Tensor]:
    options = case.config['options']
    model, names, batch = build(case)
    watched = {name: model.get_parameter(names[name]) for name in case.config['watch']}
    before = {name: value.detach().clone() for name, value in watched.items()}
    gradients: dict[str, list[Tensor]] = {name: [] for name in watched}
    for name, value in watched.items():
        value.register_post_accumulate_grad_hook(
            lambda parameter, name=name: gradients[name].append(parameter.grad.clone()))
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(TensorFlowRMSprop(
            [p for network in networks for p in network.parameters()], lr=options['lr'],
            decay=options['rms_decay'],
            eps=options['rms_epsilon'], start=options['rms_start']))
        for player, networks in model.players().items()})
    log = model.train_step(batch, wrappers)
    results = {}
    for turn in model.order():
        found = {name.partition('/loss_')[2]: value for name,
                 value in log.items() if name.startswith(f'{turn}/')}
        ending = dict(generator='_1', second_generator='_2').get(turn, '')
        results.update({f'loss.{name}{ending}': value for name, value in terms_of(turn, found).items()})
    results.update(tensorflow_code.after_step(watched, before, {}, options['lr']))
    for name, parts in gradients.items():
        twice = name.startswith(('G1.', 'G2.'))
        results.update({f'gradnorm{number if twice else ""}.{name}': part.norm()
                        for number, part in enumerate(parts, 1)})
    return results


RUNNERS: dict[str, Callable[[Golden], dict]] = dict(
    generator=generator, discriminator=discriminator, encoder=encoder, classifier=classifier, penalty=penalty,
    losses=losses, step=step)


def run(case: Golden) -> dict:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
