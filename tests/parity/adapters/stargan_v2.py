"""StarGAN v2 (clovaai/stargan-v2)."""
from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pix2pix_code
import torch
from golden import Golden, NotCovered
from mmengine.model.averaged_model import ExponentialMovingAverage
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.evaluation.metrics.lpips import lpips_distance
from ggtoolbox.models.backbones.alexnet import AlexNet
from ggtoolbox.models.backbones.face_alignment import FaceAlignment, face_masks
from ggtoolbox.models.gans.stargan_v2 import StarGANv2, falling_weight
from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS, LOSSES, MODELS

PREFIXES = ('starganv2_',)
NETWORKS = ('generator', 'mapping_network', 'style_encoder', 'discriminator')
TURNS = dict(D_latent='latent_discriminator', D_ref='reference_discriminator', G_latent='latent_generator',
             G_ref='reference_generator')
TERMS = dict(D=dict(real='real', fake='fake', reg='r1'),
             G=dict(adv='adversarial', sty='style', ds='diversity', cyc='cycle'))
FIELDS = dict(x_real='source_image', y_org='source_domain', x_ref='exemplar_image', z_trg='latent',
              y_trg='domain',
              x_ref2='second_exemplar_image', z_trg2='second_latent')


def configs(options: dict) -> dict[str, dict]:
    """Network -> its config."""
    width = dict(resolution=options['img_size'], channels=options['base_dim'] // options['img_size'],
                 max_channels=options['max_conv_dim'])
    domains, style = dict(num_domains=options['num_domains']), dict(style_channels=options['style_dim'])
    return dict(
        generator=dict(type='StarGANv2Generator', high_pass=options['w_hpf'], **width, **style),
        mapping_network=dict(type='MappingNetwork', latent_dim=options['latent_dim'],
                             hidden_channels=options['mapping_dim'], **domains, **style),
        style_encoder=dict(type='StyleEncoder', **width, **domains, **style),
        discriminator=dict(type='DomainDiscriminator', **width, **domains))


def single(case: Golden, part: str) -> tuple[nn.Module, dict[str, str]]:
    registry = dict(generator=GENERATORS, discriminator=DISCRIMINATORS).get(part, BACKBONES)
    network = registry.build(configs(case.config['options'])[part])
    return network, pix2pix_code.load(case, part, network, family='stargan_v2').names


def masks_of(case: Golden, ending: str = '') -> Tensor | None:
    names = [f'mask{index}{ending}' for index in (0, 1)]
    return torch.cat([case.inputs[name] for name in names], dim=1) if names[0] in case.inputs else None


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    network, _ = single(case, 'generator')
    taps = {}
    for name, module in (('tap.encoded', network.encode[-1]), ('tap.decode.2', network.decode[2])):
        module.register_forward_hook(lambda _, __, output, name=name: taps.update({name: output}))
    masks = masks_of(case)
    drawn = network(case.inputs['image'], case.inputs['style'], masks)
    return dict(output=drawn['image'], **taps)


@torch.no_grad()
def of_domains(case: Golden, part: str, given: str) -> dict[str, Tensor]:
    network, _ = single(case, part)
    domain = case.inputs['domain']
    if part == 'discriminator':
        every = network(case.inputs[given])[0].logits
        return dict(output=every[torch.arange(len(domain)), domain], all_domains=every)
    found = network(case.inputs[given], domain)
    return dict(output=found['style'], all_domains=found['styles'])


def build(case: Golden, **changes) -> tuple[StarGANv2, dict[str, str], dict[str, Tensor]]:
    """The training class with the case's weights, official name -> ours, the prepared batch."""
    options, held = case.config['options'], {name.partition('.')[0] for name in case.official_state}
    weights = {name: options[f'lambda_{key}'] for name, key in
               (('r1', 'reg'), ('style', 'sty'), ('diversity', 'ds'), ('cycle', 'cyc'))}
    parts = configs(options)
    if 'discriminator' not in held:
        parts['discriminator'] = None
    losses = {name: dict(type='L1Loss', weight=weight) for name, weight in weights.items()}
    losses.update(adversarial=dict(type='GANLoss', mode='vanilla'),
                  r1=dict(type='R1Loss', weight=weights['r1']))
    model = MODELS.build(dict(type='StarGANv2', losses=losses, diversity_iterations=options['ds_iter'],
                              **parts,
                              **changes)).train()
    names = {}
    for part in NETWORKS:
        if part in held:
            found = pix2pix_code.load(case, part, getattr(model, part), f'{part}.', 'stargan_v2')
            names.update({f'{part}.{theirs}': f'{part}.{ours}' for theirs, ours in found.names.items()})
    batch = {ours: case.inputs[theirs] for theirs, ours in FIELDS.items() if theirs in case.inputs}
    for field, ending in (('source_guide', ''), ('fake_guide', '_fake')):
        if (masks := masks_of(case, ending)) is not None:
            batch[field] = masks
    return model, names, batch


def terms_of(case: Golden, turn: str, found: dict[str, Tensor], factor: float = 1.0) -> dict[str, Tensor]:
    """Official terms of a turn, before their weights, and the total with them."""
    options = case.config['options']
    weights = dict(r1=options['lambda_reg'], style=options['lambda_sty'],
                   diversity=-options['lambda_ds'] * factor, cycle=options['lambda_cyc'])
    results = {f'{turn}_{theirs}': found[ours] / weights.get(ours, 1)
               for theirs, ours in TERMS[turn[0]].items() if ours in found}
    return {**results, f'{turn}_total': sum(found.values())}


def losses(case: Golden) -> dict[str, Tensor]:
    results = {}
    for official, turn in TURNS.items():
        # The case lists gradients of all that a phase could train.
        model, names, batch = build(case, joint_reference=True)
        with model.only(model.extra_turns[turn]):
            found = model.player_losses(turn, batch, {})
            sum(found.values()).backward()
        results.update(terms_of(case, official, found))
        for name in case.config['watch']:
            gradient = model.get_parameter(names[name]).grad
            if gradient is not None:
                results.update({f'gradnorm.{official}.{name}': gradient.norm(),
                                f'grad.{official}.{name}': pix2pix_code.probe('', gradient)['']})
    with torch.no_grad():
        for official, kind in (('latent', 'latent'), ('ref', 'reference')):
            style = results[f'style_{official}'] = model.style_of(batch, kind)
            results[f'fake_{official}'] = model.translate(batch, style)
        own = dict(batch, domain=batch['source_domain'], exemplar_image=batch['source_image'])
        results['style_org'] = model.style_of(own, 'reference')
        results['rec_latent'] = model.generator(results['fake_latent'], results['style_org'],
                                                batch.get('fake_guide'))['image']
    return results


def r1(case: Golden) -> dict[str, Tensor]:
    network, names = single(case, 'discriminator')
    judge = StarGANv2.judge
    holder = type('Holder', (), {'discriminator': staticmethod(network)})()
    loss = LOSSES.build(dict(type='R1Loss', weight=1.0))
    penalty = loss(lambda image: judge(holder, image, case.inputs['domain']), case.inputs['image'])
    penalty.backward()
    return dict(penalty=penalty, **{name: network.get_parameter(names[name.partition('.')[2]]).grad.norm()
                                    for name in case.expected if name.startswith('gradnorm.')})


def wrappers_of(model: StarGANv2, options: dict) -> OptimWrapperDict:
    groups = [dict(params=model.mapping_network.parameters(), lr=options['f_lr']),
              dict(params=[*model.generator.parameters(), *model.style_encoder.parameters()])]
    adam = dict(lr=options['lr'], betas=(options['beta1'], options['beta2']),
                weight_decay=options['weight_decay'])
    return OptimWrapperDict(generator=OptimWrapper(torch.optim.Adam(groups, **adam)),
                            discriminator=OptimWrapper(torch.optim.Adam(model.discriminator.parameters(),
                                                                        **adam)))


def step(case: Golden) -> dict[str, Tensor]:
    options, results = case.config['options'], {}
    model, names, batch = build(case)
    wrappers, state = wrappers_of(model, options), model.state_dict()
    averages = {part: ExponentialMovingAverage(getattr(model, part), momentum=1 - options['ema_beta'])
                for part in NETWORKS[:3]}
    for average in averages.values():
        average.update_parameters(average.module)  # the first update copies
    before = {name: state[names[name]].clone() for name in case.config['watch']}
    for iteration in range(case.config['iterations']):
        log = model.train_step(batch, wrappers)
        factor = falling_weight(1.0, options['ds_iter'], iteration)
        for official, turn in TURNS.items():
            found = {name.partition('/loss_')[2]: value for name, value in log.items()
                     if name.startswith(f'{turn}/')}
            results.update({f'step{iteration + 1}_{name}': value
                            for name, value in terms_of(case, official, found, factor).items()})
        for part, average in averages.items():
            average.update_parameters(getattr(model, part))
        results[f'step{iteration + 1}_lambda_ds'] = np.array(
            falling_weight(options['lambda_ds'], options['ds_iter'], iteration + 1))
        if iteration == 0:
            for name, old in before.items():
                part, _, inner = names[name].partition('.')
                moved = state[names[name]] - old
                results.update({f'delta.{name}': pix2pix_code.probe('', moved)[''],
                                f'delta_l1.{name}': moved.abs().mean()})
                if part in averages:
                    results[f'delta_ema_l1.{name}'] = (averages[part].module.get_parameter(inner)
                                                       - old).abs().mean()
    return results


def ema(case: Golden) -> dict[str, Tensor]:
    holder = nn.Linear(case.inputs['mean'].shape[1], case.inputs['mean'].shape[0], bias=False)
    holder.weight.data.copy_(case.inputs['mean'])
    average, results = ExponentialMovingAverage(holder, momentum=1 - case.config['beta']), {}
    average.update_parameters(holder)
    holder.weight.data.copy_(case.inputs['new'])
    for count in range(1, len(case.expected) + 1):
        average.update_parameters(holder)
        results[f'after_{count}'] = average.module.weight.clone()
    return results


def lambda_ds(case: Golden) -> dict[str, np.ndarray]:
    results = {}
    for name, run in case.config['runs'].items():
        first, total = run.get('resume_iter', 0), run['total_iters']
        kept = [*range(first, total, run['every']), total]
        results[name] = np.array([falling_weight(run['lambda_ds'], run['ds_iter'], i - first,
                                                 as_released=True)
                                  for i in kept])
    return results


@torch.no_grad()
def truncation(case: Golden) -> dict[str, Tensor]:
    model, _, _ = build(case)
    domain = torch.full((len(case.inputs['latent']),), case.config['domain'])
    mean = model.mean_styles(case.inputs['z_many'])[case.config['domain']]
    batch = dict(source_image=case.inputs['image'], latent=case.inputs['latent'], domain=domain)
    style = model.truncated(model.style_of(batch, 'latent'), mean, case.config['psi'])
    return dict(style_mean=mean, output=model.translate(batch, style))


@torch.no_grad()
def fan(case: Golden) -> dict[str, Tensor]:
    network = FaceAlignment(allow_random=True)
    pix2pix_code.load(case, 'mask_network', network, family='stargan_v2')
    masks = face_masks(case.inputs['heatmaps'])
    return dict(heatmaps=network(case.inputs['image'])['heat_maps'], preprocess0=masks[:, :1],
                preprocess1=masks[:, 1:])


@torch.no_grad()
def lpips(case: Golden) -> dict[str, Tensor]:
    network = AlexNet(allow_random=True, normalise=False)
    state = {name.removeprefix('alexnet.layers.'): value for name, value in case.official_state.items()
             if name.startswith('alexnet.layers.')}
    for name, value in state.items():
        network.features.get_parameter(name).copy_(value)
    weights = [case.official_state[name].flatten() for name in sorted(case.official_state)
               if name.startswith('lpips_weights')]
    mean, deviation = (torch.tensor(values).view(1, 3, 1, 1)
                       for values in ((-0.03, -0.088, -0.188), (0.458, 0.448, 0.450)))
    images = [case.inputs[name]
              for name in sorted(case.inputs, key=lambda name: int(name.removeprefix('image')))]
    features = [tuple(network((image - mean) / deviation).values()) for image in images]
    pairs = torch.stack([lpips_distance(one, other, weights, inside=True).mean()
                         for one, other in itertools.combinations(features, 2)])
    return dict(pairs=pairs, mean=pairs.mean())


RUNNERS: dict[str, Callable[[Golden], dict]] = dict(
    generator=generator, mapping=lambda case: of_domains(case, 'mapping_network', 'latent'),
    style_encoder=lambda case: of_domains(case, 'style_encoder', 'image'),
    discriminator=lambda case: of_domains(case, 'discriminator', 'image'), losses=losses, r1=r1, step=step,
    ema=ema,
    lambda_ds=lambda_ds, truncation=truncation, fan=fan, lpips=lpips)


def run(case: Golden) -> dict:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
